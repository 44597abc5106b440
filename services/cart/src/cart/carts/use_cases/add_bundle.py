"""Add a bundle to a cart: all of its components or none."""

from dataclasses import dataclass

from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

from cart import bundle_errors
from cart.carts.domain.bundles import WantedBundle
from cart.carts.domain.intents import AddBundle
from cart.carts.persistence import variants
from cart.carts.use_cases.change import CartChanger
from cart.carts.use_cases.requests import ChangeRequest


@dataclass(frozen=True, slots=True)
class BundleAdder:
    """Adds bundles; one for the life of the process."""

    changer: CartChanger

    async def add_bundle(self, unit: TenantUnit, request: ChangeRequest, wanted: WantedBundle) -> Answer:
        """Add a bundle as one change of the cart; the same with the same selections adds up.

        The replica alone is asked: a bundle, or a product in it, that it does not have yet cannot be bought until then.
        Raises BundleNotFound, BundleSelection, ProductUnavailable, ItemOutOfStock, InsufficientStock, QuantityLimit,
        and what `change_cart` does.
        """
        bundle = await variants.bundle(unit, wanted.bundle_id)
        if bundle is None:
            raise bundle_errors.BundleNotFound
        components = await variants.by_ids(unit, bundle.choices(wanted.selections).values())
        return await self.changer.change_cart(unit, request, AddBundle(wanted, bundle, components))
