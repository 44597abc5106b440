"""Events of the pricing service."""

from typing import ClassVar
from uuid import UUID

from contracts.base import Event
from contracts.money import MinorUnits
from contracts.ruleset import RuleSet


class RuleSetPublished(Event):
    """A company's (or one site's) compiled rules of price; carts price themselves with the newest they have seen."""

    type: ClassVar[str] = "rule_set.published.v1"
    aggregate: ClassVar[str] = "rule_set"
    rule_set: RuleSet


class PromotionRedeemed(Event):
    """A converted cart used a promotion; the aggregate is the promotion's usage."""

    type: ClassVar[str] = "promotion.redeemed.v1"
    aggregate: ClassVar[str] = "promotion_usage"
    promotion_id: UUID
    cart_id: UUID
    order_id: str
    currency: str
    amount: MinorUnits
