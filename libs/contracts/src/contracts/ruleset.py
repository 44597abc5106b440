"""A company's rules of price, compiled by pricing and replicated by every cart that prices itself (architecture.md)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AwareDatetime,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    StringConstraints,
    TypeAdapter,
    model_validator,
)

from contracts.base import Contract
from contracts.money import CurrencyCode, MinorUnits, RoundingMode

ENGINE_VERSION = 3
"""The newest quote engine: raised when equal inputs may give another quote, or a rule needs what older engines lack."""
SUPPORTED_ENGINE_VERSIONS = (3, 2, 1)
"""What today's engine prices, each as it was: a rule set is priced by the version that it names, wherever it is."""

_ANY_DOCUMENT = TypeAdapter(dict[str, Any])

NotNegative = Annotated[int, Field(ge=0, strict=True)]
Amounts = dict[CurrencyCode, Annotated[MinorUnits, Field(ge=0, strict=True)]]
"""Minor units by currency code; a currency that is absent has no amount, never one that is converted."""
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
State = Annotated[str, StringConstraints(pattern="^[A-Z0-9-]{1,10}$")]
PostalPrefix = Annotated[str, StringConstraints(pattern="^[A-Z0-9]{1,10}$")]
Code = Annotated[str, StringConstraints(pattern="^[A-Z0-9-]{1,50}$")]
"""A promotion's code in its stored form: codes compare without case (rules.md 24)."""


class PromotionType(StrEnum):
    """What a promotion takes off."""

    PERCENTAGE_OFF = "PERCENTAGE_OFF"
    FIXED_AMOUNT_OFF = "FIXED_AMOUNT_OFF"
    FREE_SHIPPING = "FREE_SHIPPING"


class PromotionScope(StrEnum):
    """What a promotion takes it off from; also its place in the order of lanes (rules.md 22)."""

    PRODUCT = "PRODUCT"
    CATEGORY = "CATEGORY"
    CART = "CART"
    SHIPPING = "SHIPPING"


class RoundingScope(StrEnum):
    """Whether an amount is rounded once per line or once per unit: 3 x 1.08 at 19 % is 3.86 or 3.87 (rules.md 2)."""

    LINE = "LINE"
    UNIT = "UNIT"


class TaxType(StrEnum):
    """The kind of a tax; rates of different kinds are stacked."""

    SALES_TAX = "SALES_TAX"
    VAT = "VAT"
    GST = "GST"
    HST = "HST"
    PST = "PST"
    CONSUMPTION = "CONSUMPTION"


class ShippingRuleType(StrEnum):
    """How a shipping rule finds its price."""

    FLAT_RATE = "FLAT_RATE"


class PromotionRule(Contract):
    """One promotion, complete enough to be priced without asking anybody (rules.md 21, 22).

    Empty lists mean "any". A line is covered when its product or one of its categories is listed; minimums are counted
    over the covered lines before discounts. PRODUCT and CATEGORY take a fixed amount off every unit, CART off all
    covered lines together, SHIPPING off the charge.
    """

    id: UUID
    name: str
    code: Code | None = None
    """Set only in the answer to a shopper who knows it, never in a published rule set."""
    type: PromotionType
    scope: PromotionScope
    basis_points: Annotated[int, Field(gt=0, le=10_000)] | None = None
    """PERCENTAGE_OFF: hundredths of a percent; 1,000 is 10 %."""
    amounts: Amounts = Field(default_factory=dict)
    """FIXED_AMOUNT_OFF: what is taken off, by currency; no amount for a currency means it does not apply there."""
    min_subtotal: Amounts = Field(default_factory=dict)
    """By currency; where it is set but lacks the cart's currency the promotion does not apply."""
    min_quantity: NotNegative = 0
    product_ids: tuple[UUID, ...] = ()
    category_ids: tuple[str, ...] = ()
    site_ids: tuple[UUID, ...] = ()
    currencies: tuple[CurrencyCode, ...] = ()
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    """The first moment at which it no longer applies."""
    customer_groups: tuple[str, ...] = ()
    first_order_only: bool = False
    lane: NotNegative = 0
    """Within its scope's place, lanes run from small to large and add up; within one lane the best wins."""
    priority: int = 0
    """The smaller wins a tie."""
    exclusive: bool = False
    """Stands alone: where it applies, nothing else does."""
    counts: bool = False
    """A budget or limit exists: a price that uses it is "estimated" until checkout reserves the use (rules.md 23)."""
    revision: NotNegative = 0
    """How often it was changed: of two copies, the one with the larger number is the newer."""
    code_revision: NotNegative = 0
    """The revision at which its code became what it is: a copy of before has another code."""

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        if (self.type is PromotionType.PERCENTAGE_OFF) != (self.basis_points is not None):
            raise ValueError("basisPoints belong to PERCENTAGE_OFF, and to it only")
        if (self.type is PromotionType.FIXED_AMOUNT_OFF) != bool(self.amounts):
            raise ValueError("amounts belong to FIXED_AMOUNT_OFF, and to it only")
        if self.type is PromotionType.FREE_SHIPPING and self.scope is not PromotionScope.SHIPPING:
            raise ValueError("FREE_SHIPPING has the scope SHIPPING")
        if self.scope is PromotionScope.PRODUCT and not self.product_ids:
            raise ValueError("the scope PRODUCT needs productIds")
        if self.scope is PromotionScope.CATEGORY and not self.category_ids:
            raise ValueError("the scope CATEGORY needs categoryIds")
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            raise ValueError("endsAt must be after startsAt")
        return self


class TaxRate(Contract):
    """One rate of one tax in one place (rules.md 25).

    Within one place and type, rates for a line's tax category replace the general ones; all that remain are stacked.
    A compound rate is charged on the price and on the taxes before it (`priority`, from small to large).
    """

    id: UUID
    name: str
    type: TaxType
    country: Country
    state: State | None = None
    postal_prefix: PostalPrefix | None = None
    """Compared without spaces and hyphens, in capitals."""
    category: str | None = None
    rate_ppm: Annotated[int, Field(ge=0, le=10_000_000)]
    """Parts per million: 190,000 is 19 %, 88,750 is 8.875 %."""
    compound: bool = False
    shipping_taxable: bool = True
    priority: int = 0


class ShippingRule(Contract):
    """One way to ship and what it costs; no amount in a currency means it is not offered in it."""

    id: UUID
    name: str
    type: ShippingRuleType = ShippingRuleType.FLAT_RATE
    countries: tuple[Country, ...] = ()
    """Where it is offered; empty is everywhere."""
    amounts: Amounts
    """In the rule set's tax mode: with tax where prices include it."""
    free_over: Amounts = Field(default_factory=dict)
    """Free from this value of the goods after discounts, by currency."""
    estimated_days: NotNegative | None = None
    taxable: bool = True


@dataclass(frozen=True, slots=True)
class _Received:
    """A rule set as it came, which makes two that are alike in all that is known no less equal."""

    document: dict[str, Any] | None = field(compare=False)


class RuleSet(Contract):
    """Everything that prices a company's carts without a code or an address, as of one version.

    `site_id` null holds for every site of the company; `currency` null for every currency its amounts name.
    """

    version: Annotated[int, Field(ge=1)]
    engine_version: Annotated[int, Field(ge=0)] = ENGINE_VERSION
    """The engine that these rules are priced by: a newer one does as it did."""
    lowest_engine_version: Annotated[int, Field(ge=0)] | None = None
    """The oldest engine that prices them as that one does; null where none does, so that who has it not must wait."""
    company_id: UUID
    site_id: UUID | None = None
    currency: CurrencyCode | None = None
    rounding_mode: RoundingMode = RoundingMode.HALF_EVEN
    rounding_scope: RoundingScope = RoundingScope.LINE
    tax_inclusive: bool = False
    default_country: Country | None = None
    """Whose taxes and shipping are shown before the shopper's address is known; null shows none."""
    best_deal: bool = False
    """An exclusive promotion stands alone only where the stack without it is not cheaper (rules.md 22)."""
    promotions: tuple[PromotionRule, ...] = ()
    withdrawn: dict[UUID, AwareDatetime] = Field(default_factory=dict)
    """Promotions with a code that were switched off, deleted or given an end lately, each with the moment when it ends:
    a cart that has such a code from before takes nothing off for it any more."""
    changed: tuple[PromotionRule, ...] = ()
    """Promotions with a code that were changed lately otherwise, as they are now and without their codes: a cart that
    has the code of one is priced by this copy, if it is the newer; an earlier code of it takes nothing off any more."""
    tax_rates: tuple[TaxRate, ...] = ()
    shipping_rules: tuple[ShippingRule, ...] = ()
    published_at: AwareDatetime

    _received: _Received = PrivateAttr(default=_Received(None))

    def document(self) -> dict[str, Any]:
        """It as JSON values, to be kept: of one for a newer engine also what is not known here, and what that needs."""
        if self._received.document is None:
            return self.model_dump(mode="json", by_alias=True)
        document: dict[str, Any] = _ANY_DOCUMENT.dump_python(self._received.document, mode="json")
        return document

    @model_validator(mode="wrap")
    @classmethod
    def _keep_what_is_not_known(cls, received: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        rule_set = validate(received)
        if rule_set.engine_version > ENGINE_VERSION and isinstance(received, dict):
            rule_set._received = _Received(received)
        return rule_set

    @model_validator(mode="after")
    def _is_publishable(self) -> Self:
        if any(promotion.code for promotion in (*self.promotions, *self.changed)):
            raise ValueError("a published rule set never carries a code")
        for rules in (self.promotions, self.changed, self.tax_rates, self.shipping_rules):
            _require_unique(rule.id for rule in rules)
        return self


def _require_unique(ids: Iterable[UUID]) -> None:
    repeated = [str(id_) for id_, times in Counter(ids).items() if times > 1]
    if repeated:
        raise ValueError(f"given twice: {', '.join(repeated)}")
