"""What can be offered to a shopper, and how it was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.money import MinorUnits
from contracts.upsell import UpsellBasis

MIN_SUPPORT = 2
"""Orders that two products must have in common before one is recommended for the other."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One product in the variant that can be bought now; `price` in minor units of `currency`."""

    product_id: UUID
    variant_id: UUID
    title: str
    image_url: str | None
    price: MinorUnits
    currency: str


@dataclass(frozen=True, slots=True)
class Offers:
    """What to show, best first, and what it was found by. `degraded`: without looking into the cart."""

    basis: UpsellBasis
    items: Sequence[Offer]
    degraded: bool = False
