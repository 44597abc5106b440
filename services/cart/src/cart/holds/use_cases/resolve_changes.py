"""Changes of holds that nobody finished: the hold is made to fit the saved cart, and an order's stock is free again."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import structlog
from contracts.inventory_calls import HoldState
from servicekit.db import Database, TenantUnit
from servicekit.db.database import is_unavailable
from servicekit.errors import Conflict409, ServiceError
from servicekit.upstream.errors import RemoteProblem

from cart.carts.domain.cart import Cart
from cart.carts.persistence import carts
from cart.carts.persistence.selectors import Selector
from cart.holds import repository
from cart.holds.domain import HoldRequest
from cart.holds.use_cases.change_hold import HoldChanger

BATCH = 100
"""Carts that one run looks at; the rest has its turn a second later."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Resolution:
    """Take over an overdue change: hold what the cart says, or nothing; answers whether there was one."""

    cart_id: UUID
    gives_back: bool = False
    """The stock for the cart's lines was refused: it holds nothing any more."""

    async def judge(self, unit: TenantUnit) -> HoldRequest | bool:
        """What has to be requested; False when somebody else has resolved it or is at it."""
        found = await carts.load_locked(unit, Selector.by_id(self.cart_id), skip_locked=True)
        cart = found[0].cart if found else None
        if cart is None or cart.hold_change is None or not cart.hold_change.is_overdue:
            return False
        if cart.hold_change.order_id is not None:
            return HoldRequest.of("REVERT", cart, cart.hold_change.order_id)
        return HoldRequest.of("RELEASE", cart) if self.gives_back else HoldRequest.to_fit(cart)

    async def save(self, unit: TenantUnit, state: HoldState) -> bool:
        """Nothing but the hold has changed; one that is still open after an order was undone has to fit the cart."""
        cart = (await carts.load_locked(unit, Selector.by_id(self.cart_id)))[0].cart
        if state.status == "ACTIVE" and not _fits(cart, state):
            await repository.begin_change(unit, HoldRequest.to_fit(cart), lease_seconds=0)
        return True


def _fits(cart: Cart, state: HoldState) -> bool:
    lines, held = Counter[UUID](), Counter[UUID]()
    for line in cart.lines:
        lines[line.variant_id] += line.quantity
    for one in state.lines:
        held[one.variant_id] += one.quantity
    return lines == held


@dataclass(frozen=True, slots=True)
class ChangeResolver:
    """Finds overdue changes over all companies and resolves each; any number of runners may share the work."""

    database: Database
    changer: HoldChanger

    async def run(self, *, dry_run: bool = False) -> int:
        """Resolve what is overdue; how many were, or would be. What inventory does not answer stays due."""
        async with self.database.system_unit() as unit:
            overdue = await repository.overdue_changes(unit, BATCH)
        if dry_run:
            return len(overdue)
        return sum([await self._resolve(company_id, cart_id) for company_id, cart_id in overdue])

    async def _resolve(self, company_id: UUID, cart_id: UUID) -> bool:
        """Make the hold of one cart fit. What fails stays due, and takes no other cart's turn away."""
        try:
            try:
                return await self.changer.run(company_id, Resolution(cart_id))
            except (ServiceError, RemoteProblem) as refusal:
                if not _is_final(refusal):
                    raise
                log.warning("hold_given_back", cart_id=str(cart_id), error=type(refusal).__name__)
                return await self.changer.run(company_id, Resolution(cart_id, gives_back=True))
        except Exception as error:  # whatever it is concerns this cart; a database that is away ends the run
            if is_unavailable(error):
                raise
            log.warning("hold_change_not_resolved", cart_id=str(cart_id), error=type(error).__name__)
        return False


def _is_final(refusal: ServiceError | RemoteProblem) -> bool:
    """Whether inventory will not hold the lines; it may yet after a lost race, which moved nothing, or an outage."""
    return refusal.status < 500 and not isinstance(refusal, Conflict409)
