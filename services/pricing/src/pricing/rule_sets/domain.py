"""Compiling what a company decided into the rule set that its carts price themselves with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.envelope import Fact
from contracts.pricing import RuleSetPublished
from contracts.ruleset import RuleSet, ShippingRule, TaxRate

from pricing.pricing_settings.domain import PricingSettings
from pricing.promotions.domain import Promotion


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Everything a company decided that applies without a code or an address."""

    promotions: Sequence[Promotion]
    tax_rates: Sequence[TaxRate]
    shipping_rules: Sequence[ShippingRule]


def compile_rules(book: PriceBook, settings: PricingSettings, version: int, now: datetime) -> RuleSet:
    """The rule set of a company or of one site; later dates stay in it, because the engine judges them by the hour.

    Tax rates are those of the default country: what holds elsewhere is only known, and asked for, with an address.
    """
    display = settings.display
    return RuleSet(
        version=version,
        company_id=settings.company_id,
        site_id=settings.site_id,
        rounding_mode=display.rounding_mode,
        rounding_scope=display.rounding_scope,
        tax_inclusive=display.tax_inclusive,
        default_country=display.default_country,
        best_deal=display.best_deal,
        promotions=tuple(
            promotion.rule
            for promotion in book.promotions
            if promotion.is_published_at(now) and _is_for(promotion, settings.site_id)
        ),
        tax_rates=tuple(rate for rate in book.tax_rates if rate.country == display.default_country),
        shipping_rules=tuple(book.shipping_rules),
        published_at=now,
    )


def published(rule_set: RuleSet) -> Fact[RuleSetPublished]:
    """The fact that carts listen to; its aggregate is the site that has rules of its own, else the company."""
    return Fact(
        RuleSetPublished(rule_set=rule_set),
        company_id=rule_set.company_id,
        aggregate_id=rule_set.site_id or rule_set.company_id,
        version=rule_set.version,
        occurred_at=rule_set.published_at,
    )


def _is_for(promotion: Promotion, site_id: UUID | None) -> bool:
    """The company's set serves many sites and keeps all promotions; the engine looks at their sites."""
    return site_id is None or not promotion.rule.site_ids or site_id in promotion.rule.site_ids
