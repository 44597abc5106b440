"""Whether a code can be used: validating, which is not redeeming (rules.md 23, 24)."""

import re
from datetime import datetime

from contracts.pricing_calls import ResolveCode
from contracts.ruleset import PromotionRule

from pricing.errors import DiscountExpired400, DiscountInvalid400, DiscountLimitReached400
from pricing.promotions.domain import Promotion

_FORM = re.compile(r"[A-Z0-9-]{1,50}")


def normal_code(text: str) -> str:
    """A code as it is stored and compared: in capitals. Raises DiscountInvalid400 for what can be no code."""
    code = text.strip().upper()
    if not _FORM.fullmatch(code):
        raise DiscountInvalid400
    return code


def rule_of(promotion: Promotion | None, requested: ResolveCode, now: datetime) -> PromotionRule:
    """The rule that the code stands for, with the code in it.

    Raises DiscountInvalid400 for a code that is unknown, not valid yet, switched off or not for this site or currency,
    all answered alike; DiscountExpired400; DiscountLimitReached400.
    """
    if promotion is None or not promotion.active or not _is_for(promotion.rule, requested):
        raise DiscountInvalid400
    rule = promotion.rule
    if rule.starts_at is not None and now < rule.starts_at:
        raise DiscountInvalid400
    if rule.ends_at is not None and rule.ends_at <= now:
        raise DiscountExpired400
    if promotion.used_up:
        raise DiscountLimitReached400
    return rule.model_copy(update={"code": promotion.code})


def _is_for(rule: PromotionRule, requested: ResolveCode) -> bool:
    site_fits = not rule.site_ids or requested.site_id in rule.site_ids
    currency_fits = not rule.currencies or requested.currency in rule.currencies
    return site_fits and currency_fits and (not rule.amounts or requested.currency in rule.amounts)
