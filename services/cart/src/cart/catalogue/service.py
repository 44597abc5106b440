"""A product that the replica does not have yet is fetched from inventory and kept."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from servicekit.db import TenantUnit

from cart.catalogue import repository
from cart.clients import Catalogue


@dataclass(frozen=True, slots=True)
class CatalogueReplica:
    """The replica of the catalogue, with the upstream for what it lacks."""

    catalogue: Catalogue

    async def fetch(self, unit: TenantUnit, *product_ids: UUID) -> None:
        """Fetch products from inventory side by side, while the unit is suspended, and keep them.

        Raises ProductNotFound when it has one of them not, or ServiceUnavailable503.
        """
        async with unit.suspended():
            requests = (self.catalogue.product(unit.company_id, product_id) for product_id in product_ids)
            answers = await asyncio.gather(*requests, return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
            await repository.keep_product(unit, answer.product_id, answer.version, answer.product)
