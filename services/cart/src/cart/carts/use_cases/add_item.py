"""Add a product to a cart (rules.md 8): the hot path."""

from dataclasses import dataclass

from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

from cart import errors
from cart.carts.domain.intents import AddItem
from cart.carts.domain.lines import Wanted
from cart.carts.use_cases.change import CartChanger
from cart.carts.use_cases.requests import ChangeRequest
from cart.catalogue.service import CatalogueReplica


@dataclass(frozen=True, slots=True)
class ItemAdder:
    """Adds items; one for the life of the process."""

    changer: CartChanger
    catalogue: CatalogueReplica

    async def add_item(self, unit: TenantUnit, request: ChangeRequest, wanted: Wanted) -> Answer:
        """Add a product; the same variant again adds up.

        A product that the replica does not have yet is fetched from inventory, once. Raises ProductNotFound,
        SizeRequired, ProductUnavailable, ItemOutOfStock, InsufficientStock, QuantityLimit, and what `change_cart` does.
        """
        intent = AddItem(wanted)
        try:
            return await self.changer.change_cart(unit, request, intent)
        except errors.ProductNotFound:
            await self.catalogue.fetch(unit, wanted.product_id)
            return await self.changer.change_cart(unit, request, intent)
