"""A rule set made ready for pricing many carts: sets instead of lists, everything in the order it will run."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from contracts.money import MinorUnits
from contracts.ruleset import (
    SUPPORTED_ENGINE_VERSIONS,
    PromotionRule,
    PromotionScope,
    PromotionType,
    RuleSet,
    ShippingRule,
    TaxRate,
)

from quote.errors import UnsupportedEngine
from quote.rounding import Rounding
from quote.tax import CountryTaxes


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


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRules:
    """A rule set ready for `quote()`. Immutable and shared freely: make it once per version and keep it."""

    rule_set: RuleSet
    engine_version: int
    rounding: Rounding
    tax_inclusive: bool
    default_country: str | None
    best_deal: bool
    promotions: tuple[CompiledPromotion, ...]
    automatic: frozenset[UUID]
    """The ids of the promotions, which need no code."""
    changed: dict[UUID, PromotionRule]
    """Promotions with a code as they are now, by id, where they are not as carts may have them."""
    taxes: dict[str, CountryTaxes]
    """By country."""
    shipping_rules: tuple[ShippingRule, ...]


def engine_for(rule_set: RuleSet) -> int | None:
    """The newest engine here that prices a rule set as the engine it names does: that one, if it is here; or none."""
    lowest = rule_set.lowest_engine_version
    oldest = rule_set.engine_version if lowest is None else lowest
    fitting = [version for version in SUPPORTED_ENGINE_VERSIONS if oldest <= version <= rule_set.engine_version]
    return max(fitting, default=None)


def compile_rule_set(rule_set: RuleSet) -> CompiledRules:
    """Prepare a rule set, once per version. Raises UnsupportedEngine where no engine here may price it."""
    engine_version = engine_for(rule_set)
    if engine_version is None:
        raise UnsupportedEngine(f"rule set {rule_set.version} needs engine {rule_set.engine_version}")
    rates: dict[str, list[TaxRate]] = defaultdict(list)
    for rate in rule_set.tax_rates:
        rates[rate.country].append(rate)
    return CompiledRules(
        rule_set=rule_set.model_copy(update={"engine_version": engine_version}),
        engine_version=engine_version,
        rounding=Rounding(rule_set.rounding_mode, rule_set.rounding_scope),
        tax_inclusive=rule_set.tax_inclusive,
        default_country=rule_set.default_country,
        best_deal=rule_set.best_deal,
        promotions=tuple(sorted(map(compile_promotion, rule_set.promotions), key=lambda promotion: promotion.order)),
        automatic=frozenset(promotion.id for promotion in rule_set.promotions),
        changed={promotion.id: promotion for promotion in rule_set.changed},
        taxes={country: CountryTaxes(of_country) for country, of_country in rates.items()},
        shipping_rules=rule_set.shipping_rules,
    )


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
