"""Builders of carts with a bundle in them: a pot of one of two colours and two cups, for 35.00."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from cart.carts.domain.bundles import CatalogueBundle, Component, WantedBundle
from cart.carts.domain.cart import Cart
from cart.carts.domain.values import SitePolicy

from .building import NOW, by, cart, variant

LATER = NOW + timedelta(minutes=1)
POT, RED_POT, CUP = variant(1, 3000), variant(2, 3200), variant(3, 500)
POTS, CUPS = UUID(int=51), UUID(int=52)
TEA = CatalogueBundle(
    bundle_id=UUID(int=50),
    title="Tea for two",
    image_url=None,
    active=True,
    prices={"USD": 3500},
    discount_basis_points=None,
    components=(
        Component(POTS, 1, (POT.variant_id, RED_POT.variant_id)),
        Component(CUPS, 2, (CUP.variant_id,)),
    ),
)


def add(
    mine: Cart, times: int = 1, bundle: CatalogueBundle = TEA, selections: Mapping[UUID, UUID] | None = None
) -> None:
    """Put so many of a bundle into the cart."""
    wanted = WantedBundle(bundle.bundle_id, times, selections or {})
    mine.add_bundle(wanted, bundle, by(POT, RED_POT, CUP, now=LATER))


def with_tea(times: int = 1, customer: str | None = None, rules: SitePolicy | None = None) -> Cart:
    """A cart with so many of the bundle in it, as it is read back."""
    made = cart(customer=customer, rules=rules)
    add(made, times)
    made.mark_saved()
    return made


def pieces(of: Cart) -> Counter[str]:
    """How many there are of each sku."""
    counted: Counter[str] = Counter()
    for one in of.lines:
        counted[one.sku] += one.quantity
    return counted
