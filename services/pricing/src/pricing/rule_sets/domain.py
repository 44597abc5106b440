"""Assembling what a company decided into the rule set that its carts price themselves with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from contracts.envelope import RecordedEvent
from contracts.pricing import RuleSetPublished
from contracts.ruleset import RuleSet, ShippingRule, TaxRate

from pricing.errors import TooManyRules409
from pricing.pricing_settings.domain import PricingSettings
from pricing.promotions.domain import Promotion
from pricing.sentences import TOO_MANY_PROMOTIONS, TOO_MANY_SHIPPING_RULES, TOO_MANY_TAX_RATES

MOST = 500
"""How many of each kind of rule one rule set has: it is one message, and every cart prices with all of it."""


def assemble(
    *,
    company_id: UUID,
    version: int,
    settings: PricingSettings,
    promotions: Sequence[Promotion],
    tax_rates: Sequence[TaxRate],
    shipping_rules: Sequence[ShippingRule],
    withdrawn: Mapping[UUID, datetime],
    changed: Sequence[Promotion],
    lowest_engine_version: int,
    now: datetime,
) -> RuleSet:
    """The company's rule set of all that applies without a code or an address, and what has become of codes.

    Sites, dates and currencies stay in it, because the engine judges them for each cart. Tax rates are those of the
    default country: what holds elsewhere is only known, and requested, with an address.
    """
    return RuleSet(
        version=version,
        lowest_engine_version=lowest_engine_version,
        company_id=company_id,
        rounding_mode=settings.rounding_mode,
        rounding_scope=settings.rounding_scope,
        tax_inclusive=settings.tax_inclusive,
        default_country=settings.default_country,
        best_deal=settings.best_deal,
        promotions=tuple(promotion.rule for promotion in promotions if promotion.is_published_at(now)),
        withdrawn=dict(withdrawn),
        changed=tuple(promotion.rule for promotion in changed),
        tax_rates=tuple(rate for rate in tax_rates if rate.country == settings.default_country),
        shipping_rules=tuple(shipping_rules),
        published_at=now,
    )


def lowest_engine(*, has_promotions: bool, ways_to_ship: int) -> int:
    """The oldest engine that prices a company's carts as the newest does.

    What engine 2 changed are promotions, with a code or without, and the choice among ways to ship; engine 3 prices
    bundles, of which a rule set says nothing (`quote.versions`).
    """
    return 2 if has_promotions or ways_to_ship > 1 else 1


def require_room(rule_set: RuleSet) -> None:
    """Raise TooManyRules409 when the rule set has more of anything than MOST."""
    counts = {
        TOO_MANY_PROMOTIONS: len(rule_set.promotions),
        TOO_MANY_TAX_RATES: len(rule_set.tax_rates),
        TOO_MANY_SHIPPING_RULES: len(rule_set.shipping_rules),
    }
    for sentence, count in counts.items():
        if count > MOST:
            raise TooManyRules409(sentence, most=MOST)


def published(rule_set: RuleSet) -> RecordedEvent[RuleSetPublished]:
    """RuleSetPublished, which carts subscribe to; its aggregate is the company."""
    return RecordedEvent(
        RuleSetPublished(rule_set=rule_set),
        company_id=rule_set.company_id,
        aggregate_id=rule_set.company_id,
        version=rule_set.version,
        occurred_at=rule_set.published_at,
    )
