"""A promotion: a rule that the quote engine can price, and how often it may be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, cast
from uuid import UUID

from contracts.money import MinorUnits
from contracts.ruleset import PromotionRule, PromotionScope, PromotionType

_NOT_STORED = {"id", "code", "counts"}
"""Fields of the rule that have a column of their own or follow from one."""


class PromotionChanges(TypedDict, total=False):
    """The fields of a promotion that an admin gave: those of PromotionRule, with its code, its limit and its switch."""

    name: str
    code: str | None
    type: PromotionType
    scope: PromotionScope
    basis_points: int | None
    amounts: dict[str, MinorUnits]
    min_subtotal: dict[str, MinorUnits]
    min_quantity: int
    product_ids: tuple[UUID, ...]
    category_ids: tuple[str, ...]
    site_ids: tuple[UUID, ...]
    currencies: tuple[str, ...]
    customer_groups: tuple[str, ...]
    starts_at: datetime | None
    ends_at: datetime | None
    first_order_only: bool
    lane: int
    priority: int
    exclusive: bool
    usage_limit: int | None
    active: bool


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion as the admin sees it. `code` in capitals, None when automatic; `usage_limit` None is no limit."""

    id: UUID
    code: str | None
    rule: PromotionRule
    usage_limit: int | None
    times_used: int
    active: bool
    created_at: datetime
    updated_at: datetime

    @property
    def used_up(self) -> bool:
        """Whether it was used as often as it may be."""
        return self.usage_limit is not None and self.times_used >= self.usage_limit

    def is_published_at(self, now: datetime) -> bool:
        """Whether carts may apply it by themselves, now or later: automatic, on, not used up and not over."""
        over = self.rule.ends_at is not None and self.rule.ends_at <= now
        return self.code is None and self.active and not self.used_up and not over


@dataclass(frozen=True, slots=True)
class PromotionDraft:
    """What an admin may write of a promotion."""

    code: str | None
    rule: PromotionRule
    usage_limit: int | None
    active: bool


def draft(promotion_id: UUID, fields: PromotionChanges) -> PromotionDraft:
    """Make the promotion of these `fields`; raises the contract's ValidationError when they make no rule together.

    `fields` have the names of PromotionRule, plus `code`, `usage_limit` and `active`.
    """
    code, usage_limit = fields.get("code"), fields.get("usage_limit")
    rule = PromotionRule.model_validate({**fields, "id": promotion_id, "code": None, "counts": usage_limit is not None})
    return PromotionDraft(code.upper() if code else None, rule, usage_limit, fields.get("active", True))


def changed(promotion: Promotion, changes: PromotionChanges) -> PromotionDraft:
    """The next revision of the promotion, with some of its fields replaced; raises like `draft`."""
    code, revision = changes.get("code", promotion.code), promotion.rule.revision + 1
    is_the_same = (code or "").upper() == (promotion.code or "")
    fields = {
        **promotion.rule.model_dump(),
        "revision": revision,
        "code_revision": promotion.rule.code_revision if is_the_same else revision,
        "code": promotion.code,
        "usage_limit": promotion.usage_limit,
        "active": promotion.active,
        **changes,
    }
    return draft(promotion.id, cast(PromotionChanges, fields))


def to_document(rule: PromotionRule) -> dict[str, Any]:
    """The rule as the database keeps it."""
    return rule.model_dump(mode="json", by_alias=True, exclude=_NOT_STORED)


def from_document(promotion_id: UUID, document: Mapping[str, Any], usage_limit: int | None) -> PromotionRule:
    """The rule that `to_document` wrote down."""
    return PromotionRule.model_validate({**document, "id": promotion_id, "counts": usage_limit is not None})
