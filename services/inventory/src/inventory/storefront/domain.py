"""The pure rules of what anybody may see of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from contracts.money import CurrencyCode

from inventory.catalogue.domain import Variant, WholeProduct

FEW: Final = 5
"""A storefront is told how many are left from here on down."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Which page of a storefront's products: those that have all that is given, and a price in the currency.

    Without a currency it is the site's.
    """

    currency: CurrencyCode | None
    after: UUID | None
    limit: int
    q: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether it can be bought, and how many are left when that is few; None when it is not, or not counted."""

    in_stock: bool
    left: int | None


def sold_in(whole: WholeProduct, currency: CurrencyCode) -> tuple[Variant, ...]:
    """The variants that are on sale in a currency."""
    return tuple(variant for variant in whole.variants if variant.active and currency in variant.prices)


def availability(variant: Variant, available: Mapping[UUID, int]) -> Availability:
    """What is said of a variant's stock; one that may be sold below zero is always there (rules.md 19)."""
    if not variant.tracked:
        return Availability(in_stock=True, left=None)
    left = max(available.get(variant.id, 0), 0)
    return Availability(left > 0 or variant.backorderable, left if left <= FEW and not variant.backorderable else None)
