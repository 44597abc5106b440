"""Change several lines of a cart at once, all or none."""

from dataclasses import dataclass
from typing import Final

from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

from cart import errors
from cart.carts.domain.bulk import AddLine, ChangeLines, Operation
from cart.carts.persistence import variants
from cart.carts.use_cases.change import CartChanger
from cart.carts.use_cases.requests import ChangeRequest
from cart.catalogue.service import CatalogueReplica

_AT_ONCE: Final = 10
"""Products that are fetched side by side; one that does not exist ends a request before the next are asked for."""


@dataclass(frozen=True, slots=True)
class LinesChanger:
    """Changes several lines at once; one for the life of the process."""

    changer: CartChanger
    catalogue: CatalogueReplica

    async def change_lines(self, unit: TenantUnit, request: ChangeRequest, operations: tuple[Operation, ...]) -> Answer:
        """Do all of the operations or none, as one change with one event; what they add is looked up in one query.

        Products that the replica does not have yet are fetched from inventory, once. Raises what the first refused
        operation does, with its place as `operation`, and what `change_cart` does.
        """
        products = {operation.wanted.product_id for operation in operations if isinstance(operation, AddLine)}
        found = await variants.of_products(unit, products)
        try:
            return await self.changer.change_cart(unit, request, ChangeLines(operations, found))
        except errors.ProductNotFound:
            missing = sorted(products - found.keys())
            if not missing:
                raise
        for first in range(0, len(missing), _AT_ONCE):
            await self.catalogue.fetch(unit, *missing[first : first + _AT_ONCE])
        found = await variants.of_products(unit, products)
        return await self.changer.change_cart(unit, request, ChangeLines(operations, found))
