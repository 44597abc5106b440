"""The two shops of every local stack: one to try things with, and another one to see that nothing crosses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cartwheel_client.models.pricing import NewPromotion

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

CODES: Final[Mapping[str, int]] = {"SAVE10": 10, "SAVE20": 20}
"""Codes and their percentages; they exist only outside production: nothing but this seed makes them (rules.md 24)."""


def promotions() -> tuple[NewPromotion, ...]:
    """The promotions behind the codes."""
    return tuple(
        NewPromotion(
            name=f"{percent} % off", code=code, type="PERCENTAGE_OFF", scope="CART", basis_points=percent * 100
        )
        for code, percent in CODES.items()
    )


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
