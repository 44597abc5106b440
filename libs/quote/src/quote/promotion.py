"""One promotion made ready for judging many carts: sets instead of lists, and where it runs."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from contracts.money import MinorUnits
from contracts.ruleset import PromotionRule, PromotionScope, PromotionType


class Stage(IntEnum):
    """The order in which lanes run (rules.md 22): product and category before cart before shipping."""

    ITEM = 0
    CART = 1
    SHIPPING = 2


_STAGES = {
    PromotionScope.PRODUCT: Stage.ITEM,
    PromotionScope.CATEGORY: Stage.ITEM,
    PromotionScope.CART: Stage.CART,
    PromotionScope.SHIPPING: Stage.SHIPPING,
}


@dataclass(frozen=True, slots=True, eq=False)
class CompiledPromotion:
    """A promotion with its conditions as sets; an empty set is "any". Compared by identity: one per rule and quote."""

    id: UUID
    name: str
    code: str | None
    stage: Stage
    lane: tuple[Stage, int]
    tie: tuple[int, UUID, str]
    order: tuple[tuple[Stage, int], bool, tuple[int, UUID, str]]
    free_shipping: bool
    basis_points: int | None
    amounts: dict[str, MinorUnits]
    min_subtotal: dict[str, MinorUnits]
    min_quantity: int
    covers_all: bool
    products: frozenset[int]
    """UUIDs as integers, whose hash costs nothing: this set is asked for every line of every cart."""
    categories: frozenset[str]
    sites: frozenset[UUID]
    currencies: frozenset[str]
    groups: frozenset[str]
    starts_at: datetime | None
    ends_at: datetime | None
    first_order_only: bool
    unconditional: bool
    """Nothing to ask but the lines, which is quicker for most promotions of most shops."""
    exclusive: bool
    counts: bool


def compile_promotion(rule: PromotionRule) -> CompiledPromotion:
    """Prepare one promotion. Its `order` is total: lane, free shipping first, priority, id, code."""
    stage = _STAGES[rule.scope]
    lane = (stage, rule.lane)
    tie = (rule.priority, rule.id, rule.code or "")
    free_shipping = rule.type is PromotionType.FREE_SHIPPING
    return CompiledPromotion(
        id=rule.id,
        name=rule.name,
        code=rule.code,
        stage=stage,
        lane=lane,
        tie=tie,
        order=(lane, not free_shipping, tie),
        free_shipping=free_shipping,
        basis_points=rule.basis_points,
        amounts=rule.amounts,
        min_subtotal=rule.min_subtotal,
        min_quantity=rule.min_quantity,
        covers_all=not rule.product_ids and not rule.category_ids,
        products=frozenset(product_id.int for product_id in rule.product_ids),
        categories=frozenset(rule.category_ids),
        sites=frozenset(rule.site_ids),
        currencies=frozenset(rule.currencies),
        groups=frozenset(rule.customer_groups),
        starts_at=rule.starts_at,
        ends_at=rule.ends_at,
        first_order_only=rule.first_order_only,
        unconditional=not _has_conditions(rule),
        exclusive=rule.exclusive,
        counts=rule.counts,
    )


def _has_conditions(rule: PromotionRule) -> bool:
    dated = rule.starts_at is not None or rule.ends_at is not None
    by_currency = rule.currencies or rule.amounts or rule.min_subtotal
    return bool(dated or by_currency or rule.site_ids or rule.customer_groups or rule.first_order_only)
