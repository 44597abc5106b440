"""Reading a cart that was archived, for the staff of its company."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from servicekit.db import TenantUnit
from servicekit.errors import ServiceUnavailable503
from servicekit.http.answers import Answer

from cart import errors
from cart.archive import parquet_rows, repository
from cart.archive.clients import ObjectStore, StoreAway
from cart.archive.domain import ArchivedCart
from cart.carts.use_cases.answers import answer_view

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ArchiveReader:
    """Reads archived carts; one for the life of the process."""

    store: ObjectStore | None

    async def read(self, unit: TenantUnit, cart_id: UUID, *, explained: bool = False) -> Answer:
        """The cart as it was ordered; raises CartNotFound, and ServiceUnavailable503 while the archive is away.

        The unit is suspended while the archive answers.
        """
        cart = await self._cart(unit, cart_id)
        view = dict(cart.record)
        if not explained:
            view.pop("explanation", None)
        return answer_view(view, cart.version)

    async def timeline(self, unit: TenantUnit, cart_id: UUID) -> list[dict[str, Any]]:
        """The entries of its timeline, the newest first; raises what `read` does."""
        cart = await self._cart(unit, cart_id)
        return [
            {**entry, "id": UUID(entry["id"]), "at": datetime.fromisoformat(entry["at"])}
            for entry in reversed(cart.timeline)
        ]

    async def _cart(self, unit: TenantUnit, cart_id: UUID) -> ArchivedCart:
        place = await repository.place_of(unit, cart_id)
        if place is None:
            raise errors.CartNotFound()
        if self.store is None:
            raise ServiceUnavailable503("This cart is in the archive, and ARCHIVE_BUCKET is not set.")
        async with unit.suspended():
            try:
                file = await self.store.get(place.object_key)
            except StoreAway as away:
                log.warning("cart_archive_away", cart_id=str(cart_id), error=str(away))
                raise ServiceUnavailable503("This cart is in the archive, which does not answer.") from away
            return await asyncio.to_thread(parquet_rows.find, file, place)
