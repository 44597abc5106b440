"""The two shops of every local stack: one to try things with, and another one to see that nothing crosses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

PRODUCTS: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "sku": "enamel-mug",
        "title": "Enamel mug",
        "categories": ["kitchen"],
        "variants": [{"sku": "MUG-WHITE", "prices": {"USD": 1250, "EUR": 1150}, "stock": 100_000}],
    },
    {
        "sku": "linen-apron",
        "title": "Linen apron",
        "categories": ["kitchen", "textiles"],
        "variants": [
            {"sku": f"APRON-{size}", "options": {"size": size}, "prices": {"USD": 3900, "EUR": 3500}, "stock": 500}
            for size in ("S", "M", "L")
        ],
    },
    {
        "sku": "wool-blanket",
        "title": "Wool blanket",
        "categories": ["textiles"],
        "variants": [{"sku": "BLANKET", "prices": {"USD": 8900, "EUR": 8200}, "stock": 40}],
    },
)
TEST_PRODUCT: Final = "enamel-mug"
"""The product that TEST_PRODUCT_ID names: one variant, plenty in stock."""

PROMOTIONS: Final[tuple[Mapping[str, Any], ...]] = tuple(
    {
        "name": f"{percent} % off",
        "code": f"SAVE{percent}",
        "type": "PERCENTAGE_OFF",
        "scope": "CART",
        "basisPoints": percent * 100,
    }
    for percent in (10, 20)
)
"""SAVE10 and SAVE20 exist only outside production: nothing but this seed makes them (rules.md 24)."""


@dataclass(frozen=True, slots=True)
class ShopPlan:
    """One shop to make; `prefix` begins its names in stack.env."""

    prefix: str
    name: str
    customer_id: str


SHOPS: Final = (
    ShopPlan("TEST", "Local test shop", "test-customer"),
    ShopPlan("OTHER", "Another local shop", "other-customer"),
)
