"""Look at many carts of a company at once: whose has changed is read, priced and written as an event."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicekit.db import Database

from cart.carts.domain.pricing import PricedCart
from cart.carts.use_cases.read_cart import CartReader
from cart.streams import repository
from cart.streams.domain import FINAL, Audience, Sighting
from cart.streams.use_cases.watching import Watch
from cart.streams.view import NO_CART, Shown, shown


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found for a watch: None where there is nothing to follow; `shown` where it may have changed."""

    seen: Sighting | None
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class CartLooker:
    """Looks at carts; one for the life of the process."""

    database: Database
    reader: CartReader

    async def look(self, company_id: UUID, watches: Sequence[Watch]) -> list[Look]:
        """What each watch of the company follows now, in two queries."""
        audiences: list[Audience] = [watch.audience for watch in watches]
        async with self.database.unit(company_id) as unit:
            now, seen = unit.now, await repository.look(unit, audiences)
            changed = {
                place: sighting
                for place, sighting in seen.items()
                if sighting.status not in FINAL and sighting.stamp != watches[place].stamp
            }
            ids = {sighting.cart_id for sighting in changed.values() if sighting.cart_id is not None}
            priced = {one.cart.id: one for one in await self.reader.read_many(unit, list(ids), now)}
        looks = []
        for place, watch in enumerate(watches):
            sighting = changed.get(place)
            looks.append(Look(seen.get(place), _shown(sighting, priced, now, watch) if sighting else None))
            if sighting:
                await asyncio.sleep(0)  # many at once: requests are served between
        return looks


def _shown(sighting: Sighting, priced: Mapping[UUID, PricedCart], now: datetime, watch: Watch) -> Shown | None:
    """The cart for this watch's language; None for one that has gone since it was seen."""
    if sighting.cart_id is None:
        return NO_CART
    cart = priced.get(sighting.cart_id)
    return None if cart is None else shown(cart, now, watch.translator)
