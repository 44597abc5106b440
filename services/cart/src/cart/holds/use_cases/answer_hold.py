"""A shopper's change of a hold as an answer to a request, once per Idempotency-Key."""

from dataclasses import dataclass
from uuid import UUID

from contracts.inventory_calls import HoldState
from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.read_cart import load
from cart.holds.schemas import HoldView
from cart.holds.use_cases.change_hold import HoldChanger, StockChange


@dataclass(frozen=True, slots=True)
class HoldAnswer:
    """The change between the reading and the writing of its idempotency key, where no unit is open."""

    changer: HoldChanger
    company_id: UUID
    selector: Selector
    change: StockChange[HoldState]
    status: int

    async def read(self, unit: TenantUnit) -> None:
        """Raise CartNotFound for who opens no cart; it is judged under its lock, in a unit of the change's own."""
        await load(unit, self.selector)

    async def call(self, found: None, key: str | None) -> HoldState:
        """Make the change."""
        return await self.changer.run(self.company_id, self.change)

    async def write(self, unit: TenantUnit, found: None, result: HoldState) -> Answer:
        """What there is to answer, and to store under the key."""
        return Answer(self.status, HoldView.of(result))
