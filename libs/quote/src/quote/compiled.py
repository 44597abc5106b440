"""A rule set made ready for pricing many carts: indexed, everything in the order it will run."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from contracts.ruleset import SUPPORTED_ENGINE_VERSIONS, PromotionRule, RuleSet, ShippingRule, TaxRate

from quote.coverage import Coverage
from quote.errors import UnsupportedEngine
from quote.promotion import compile_promotion
from quote.rounding import Rounding
from quote.tax import CountryTaxes
from quote.versions import RULES_ALIKE_SINCE


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRules:
    """A rule set ready for `quote()`. Immutable and shared freely: make it once per version and keep it."""

    rule_set: RuleSet
    engine_version: int
    rounding: Rounding
    tax_inclusive: bool
    default_country: str | None
    best_deal: bool
    coverage: Coverage
    """The promotions."""
    automatic: frozenset[UUID]
    """The ids of the promotions, which need no code."""
    changed: dict[UUID, PromotionRule]
    """Promotions with a code as they are now, by id, where they are not as carts may have them."""
    taxes: dict[str, CountryTaxes]
    """By country."""
    shipping_rules: tuple[ShippingRule, ...]


def engine_for(rule_set: RuleSet) -> int | None:
    """The newest engine here that prices a rule set as the engine it names does; None where none does."""
    oldest, named = _lowest(rule_set), rule_set.engine_version
    fitting = [
        version
        for version in SUPPORTED_ENGINE_VERSIONS
        if oldest <= version and RULES_ALIKE_SINCE.get(version, version) <= named
    ]
    return max(fitting, default=None)


def compile_rule_set(rule_set: RuleSet, engine_version: int | None = None) -> CompiledRules:
    """Prepare a rule set, once per version, for this engine, or else for the one that is to price it (`engine_for`).

    Raises UnsupportedEngine where no engine here may price it.
    """
    engine_version = engine_version or engine_for(rule_set)
    if engine_version is None:
        raise UnsupportedEngine(f"rule set {rule_set.version} needs engine {rule_set.engine_version}")
    rates: dict[str, list[TaxRate]] = defaultdict(list)
    for rate in rule_set.tax_rates:
        rates[rate.country].append(rate)
    return CompiledRules(
        rule_set=_for_engine(rule_set, engine_version),
        engine_version=engine_version,
        rounding=Rounding(rule_set.rounding_mode, rule_set.rounding_scope),
        tax_inclusive=rule_set.tax_inclusive,
        default_country=rule_set.default_country,
        best_deal=rule_set.best_deal,
        coverage=Coverage([compile_promotion(rule) for rule in rule_set.promotions]),
        automatic=frozenset(promotion.id for promotion in rule_set.promotions),
        changed={promotion.id: promotion for promotion in rule_set.changed},
        taxes={country: CountryTaxes(of_country) for country, of_country in rates.items()},
        shipping_rules=rule_set.shipping_rules,
    )


def _for_engine(rule_set: RuleSet, engine_version: int) -> RuleSet:
    """The rule set as this engine prices it; who has only older engines may still price it as before."""
    if engine_version <= rule_set.engine_version:
        return rule_set.model_copy(update={"engine_version": engine_version})
    return rule_set.model_copy(update={"engine_version": engine_version, "lowest_engine_version": _lowest(rule_set)})


def _lowest(rule_set: RuleSet) -> int:
    lowest = rule_set.lowest_engine_version
    return rule_set.engine_version if lowest is None else lowest
