"""Asking pricing again about addresses that carts have had for long: rates and ways to ship change."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import structlog
from servicekit.db import Database, TenantUnit
from servicekit.db.database import is_unavailable
from servicekit.errors import ServiceUnavailable503

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.domain.intents import RenewDestination
from cart.carts.domain.values import Address, Destination
from cart.carts.persistence import carts
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.requests import ChangeRequest
from cart.delivery import repository
from cart.delivery.use_cases.set_address import AddressSetter

BATCH = 200
"""Carts of one run; the rest has its turn a minute later."""
POSTPONED = timedelta(hours=1)
"""When a cart has its next turn that could not be changed at this one."""

log = structlog.get_logger(__name__)

_Place = tuple[UUID, UUID, str, Address]
"""A company, a site, a currency and an address without its city: whoever shares them has one answer of pricing."""


@dataclass(frozen=True, slots=True)
class AddressRenewer:
    """Renews what carts are priced by; any number of runners may share the work."""

    database: Database
    setter: AddressSetter

    async def run(self, *, dry_run: bool = False) -> int:
        """Ask about each address that is due, a place once a run; how many carts were due.

        While pricing is away carts go on with what they have, and stay due.
        """
        async with self.database.system_unit() as unit:
            due = await repository.due(unit, unit.now, BATCH)
        if dry_run:
            return len(due)
        answers: dict[_Place, Destination] = {}
        for company_id, cart_id in due:
            try:
                await self._renew(company_id, cart_id, answers)
            except ServiceUnavailable503:
                log.warning("addresses_not_renewed", due=len(due))
                break
            except Exception as error:  # whatever it is concerns this cart; a database that is away ends the run
                if is_unavailable(error):
                    raise
                log.warning("address_not_renewed", cart_id=str(cart_id), error=type(error).__name__)
                await self._postpone(company_id, cart_id)
        return len(due)

    async def _renew(self, company_id: UUID, cart_id: UUID, answers: dict[_Place, Destination]) -> None:
        """Ask, and change the cart where the answer is another; what the shopper has set meanwhile stays."""
        async with self.database.unit(company_id) as unit:
            now, cart = unit.now, await _cart(unit, cart_id)
        if cart is None or cart.destination is None or cart.destination.resolved_until > now:
            return
        old = cart.destination
        place = (company_id, cart.site.id, cart.currency, replace(old.address, city=None))
        if place not in answers:
            answers[place] = await self.setter.resolve(cart, old.address, now)
        new = replace(answers[place], address=old.address)
        async with self.database.unit(company_id) as unit:
            if (new.tax_rates, new.shipping_rules) == (old.tax_rates, old.shipping_rules):
                await repository.keep_until(unit, cart, new.resolved_until)
                return
            request = ChangeRequest(Selector.by_id(cart_id), "system", unit.now)
            try:
                await self.setter.changer.change_cart(unit, request, RenewDestination(new))
            except errors.CartReplaced:
                log.info("address_set_meanwhile", cart_id=str(cart_id))

    async def _postpone(self, company_id: UUID, cart_id: UUID) -> None:
        async with self.database.unit(company_id) as unit:
            cart = await _cart(unit, cart_id)
            if cart is not None:
                await repository.keep_until(unit, cart, unit.now + POSTPONED)


async def _cart(unit: TenantUnit, cart_id: UUID) -> Cart | None:
    loaded = await carts.load(unit, Selector.by_id(cart_id))
    return None if loaded is None else loaded.cart
