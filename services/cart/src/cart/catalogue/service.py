"""A product that the replica does not have yet is fetched from inventory and kept."""

from dataclasses import dataclass
from uuid import UUID

from servicekit.db import TenantUnit

from cart.catalogue import repository
from cart.clients import Catalogue


@dataclass(frozen=True, slots=True)
class CatalogueReplica:
    """The replica of the catalogue, with the upstream for what it lacks."""

    catalogue: Catalogue

    async def fetch(self, unit: TenantUnit, product_id: UUID) -> None:
        """Fetch a product from inventory, while the unit is suspended, and keep it.

        Raises ProductNotFound, or ServiceUnavailable503.
        """
        async with unit.suspended():
            found = await self.catalogue.product(unit.company_id, product_id)
        await repository.keep_product(unit, found.product_id, found.version, found.product)
