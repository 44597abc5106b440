"""Bodies of the promotion routes."""

from datetime import datetime
from typing import Annotated, Literal, cast
from uuid import UUID

from contracts.money import CurrencyCode, MinorUnits
from contracts.ruleset import PromotionScope, PromotionType
from pydantic import AwareDatetime, Field, StringConstraints
from servicekit.http.bodies import Body, View
from servicekit.languages.sentences import translated

from pricing.fields import Amounts, Label, Name, given
from pricing.promotions.domain import Promotion, PromotionChanges
from pricing.sentences import USAGE_LIMIT_IS_SOFT

MAX_LISTED = 500
"""Products, categories, sites, … that one promotion may name."""

Code = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9-]{1,50}$")]
UsageLimit = Annotated[int, Field(ge=1, le=1_000_000_000)]


class PromotionFields(Body):
    """What may be left out of a promotion. Amounts are minor units by currency; empty lists mean "any"."""

    code: Code | None = None
    """Compared without case; a promotion without a code is automatic."""
    basis_points: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """PERCENTAGE_OFF: 1,000 is 10 %."""
    amounts: Amounts = Field(default_factory=dict)
    """FIXED_AMOUNT_OFF: what is taken off."""
    min_subtotal: Amounts = Field(default_factory=dict)
    min_quantity: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    product_ids: Annotated[tuple[UUID, ...], Field(max_length=MAX_LISTED)] = ()
    category_ids: Annotated[tuple[Label, ...], Field(max_length=MAX_LISTED)] = ()
    site_ids: Annotated[tuple[UUID, ...], Field(max_length=MAX_LISTED)] = ()
    currencies: Annotated[tuple[CurrencyCode, ...], Field(max_length=MAX_LISTED)] = ()
    customer_groups: Annotated[tuple[Label, ...], Field(max_length=MAX_LISTED)] = ()
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    first_order_only: bool = False
    lane: Annotated[int, Field(ge=0, le=1_000)] = 0
    """Lanes of one scope run from small to large and add up; within one, the best for the shopper wins."""
    priority: Annotated[int, Field(ge=-1_000_000, le=1_000_000)] = 0
    """The smaller wins a tie."""
    exclusive: bool = False
    usage_limit: UsageLimit | None = None
    """How many orders may use it in all."""
    active: bool = True


class NewPromotion(PromotionFields):
    """POST /api/admin/promotions."""

    name: Name
    type: PromotionType
    scope: PromotionScope

    def fields(self) -> PromotionChanges:
        """What was sent, by the names of the domain."""
        return cast(PromotionChanges, given(self))


class PromotionChange(PromotionFields):
    """PATCH /api/admin/promotions/{id}: only what is sent changes."""

    name: Name | None = None
    type: PromotionType | None = None
    scope: PromotionScope | None = None

    def changes(self) -> PromotionChanges:
        """What was sent, by the names of the domain."""
        return cast(PromotionChanges, given(self, never_null=("name", "type", "scope")))


class PromotionNotice(View):
    """Something the admin should know about a promotion."""

    code: Literal["USAGE_LIMIT_IS_SOFT"]
    message: str


class PromotionView(View):
    """A promotion as the admin sees it."""

    id: UUID
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
    times_used: int
    active: bool
    notices: list[PromotionNotice]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, promotion: Promotion) -> "PromotionView":
        """Show a promotion."""
        rule = promotion.rule.model_dump(exclude={"id", "code", "counts", "revision", "code_revision"})
        return cls(
            id=promotion.id,
            code=promotion.code,
            usage_limit=promotion.usage_limit,
            times_used=promotion.times_used,
            active=promotion.active,
            notices=_notices(promotion),
            created_at=promotion.created_at,
            updated_at=promotion.updated_at,
            **rule,
        )


def _notices(promotion: Promotion) -> list[PromotionNotice]:
    if promotion.usage_limit is None:
        return []
    return [PromotionNotice(code="USAGE_LIMIT_IS_SOFT", message=translated(USAGE_LIMIT_IS_SOFT))]
