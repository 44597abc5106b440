"""Read a cart's hold as inventory has it."""

from dataclasses import dataclass
from uuid import UUID

from contracts.inventory_calls import HoldState
from servicekit.db import Database

from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.read_cart import load
from cart.clients import StockHolds


@dataclass(frozen=True, slots=True)
class HoldReader:
    """Reads holds; one for the life of the process."""

    database: Database
    holds: StockHolds

    async def status(self, company_id: UUID, selector: Selector) -> HoldState:
        """The hold of a shopper's cart, for which inventory is called with no unit open; raises CartNotFound."""
        async with self.database.unit(company_id) as unit:
            cart = (await load(unit, selector)).cart
        return await self.holds.status(cart.company_id, cart.id)
