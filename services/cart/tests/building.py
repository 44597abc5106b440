"""Builders of carts in memory, for the tests of pure rules."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cart.carts.domain.cart import Cart
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.lines import CatalogueVariant, Line, Wanted
from cart.carts.domain.values import AppliedCode, SitePolicy
from contracts.base import Actor
from contracts.ruleset import PromotionRule, PromotionScope, PromotionType
from servicekit.ids import new_id

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
COMPANY = UUID(int=1)


def site(**rules: Any) -> SitePolicy:
    """A site with the platform's defaults, but for what is given."""
    defaults: dict[str, Any] = {
        "id": UUID(int=2),
        "currency": "USD",
        "max_quantity": 100,
        "max_lines": 200,
        "abandonment": timedelta(hours=1),
        "expiration": timedelta(days=30),
        "merge_strategy": "larger",
        "inventory_mode": "reserve_ttl",
    }
    return SitePolicy(**{**defaults, **rules})


def variant(number: int, price: int = 1000, **fields: Any) -> CatalogueVariant:
    """Variant `number` of the catalogue, the only one of its product; equal numbers are the same variant."""
    defaults: dict[str, Any] = {
        "variant_id": UUID(int=1000 + number),
        "product_id": UUID(int=2000 + number),
        "sku": f"sku-{number}",
        "title": f"Product {number}",
        "image_url": None,
        "options": {},
        "prices": {"USD": price},
        "compare_at_prices": {},
        "categories": (),
        "tax_category": None,
        "active": True,
        "tracked": True,
        "backorderable": False,
        "available": 1_000_000,
    }
    return CatalogueVariant(**{**defaults, **fields})


def line(variant: CatalogueVariant, quantity: int = 1, unit_price: int | None = None) -> Line:
    """A line of this variant, at its price unless another is given."""
    return Line(
        id=new_id(),
        product_id=variant.product_id,
        variant_id=variant.variant_id,
        sku=variant.sku,
        title=variant.title,
        image_url=None,
        options=dict(variant.options),
        quantity=quantity,
        unit_price=variant.prices["USD"] if unit_price is None else unit_price,
        compare_at_price=None,
        source=None,
        meta=None,
        rental=None,
        bundle_group_id=None,
        catalogue=variant,
    )


def cart(*lines: Line, customer: str | None = None, rules: SitePolicy | None = None) -> Cart:
    """An open cart with these lines, last changed at NOW."""
    made = Cart.create(COMPANY, rules or site(), customer, "USD", ChangeContext("shopper", NOW, new_id))
    made.lines = list(lines)
    made.mark_saved()
    return made


def by(
    *variants: CatalogueVariant, now: datetime = NOW, actor: Actor = "shopper", ids: Callable[[], UUID] = new_id
) -> ChangeContext:
    """Somebody who changes a cart, with these variants of the product that is requested."""
    return ChangeContext(actor, now, ids, variants)


def want(variant: CatalogueVariant, quantity: int = 1, *, variant_id: UUID | None = None, **options: str) -> Wanted:
    """A wish for the variant's product."""
    return Wanted(variant.product_id, variant_id, quantity, options)


def code(text: str, expires_at: datetime, percent: int = 10) -> AppliedCode:
    """A code for so many percent off the cart."""
    rule = PromotionRule(
        id=new_id(),
        name=text,
        type=PromotionType.PERCENTAGE_OFF,
        scope=PromotionScope.CART,
        code=text,
        basis_points=percent * 100,
    )
    return AppliedCode(text, rule, expires_at)
