"""A quote: what the shopper sees and what checkout charges. Every amount is in minor units of `Quote.currency`."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from contracts.money import MinorUnits, RoundingMode
from contracts.ruleset import RoundingScope, TaxType
from contracts.value import value


class Reason(StrEnum):
    """Why a promotion takes nothing off."""

    NOT_STARTED = "NOT_STARTED"
    ENDED = "ENDED"
    WITHDRAWN = "WITHDRAWN"
    OTHER_SITE = "OTHER_SITE"
    OTHER_CURRENCY = "OTHER_CURRENCY"
    OTHER_CUSTOMER_GROUP = "OTHER_CUSTOMER_GROUP"
    NOT_FIRST_ORDER = "NOT_FIRST_ORDER"
    NOTHING_COVERED = "NOTHING_COVERED"
    MIN_QUANTITY = "MIN_QUANTITY"
    MIN_SUBTOTAL = "MIN_SUBTOTAL"
    NO_EFFECT = "NO_EFFECT"
    BEATEN_IN_LANE = "BEATEN_IN_LANE"
    EXCLUSIVE_STANDS_ALONE = "EXCLUSIVE_STANDS_ALONE"
    STACK_IS_BETTER = "STACK_IS_BETTER"


@value
class QuoteLine:
    """One line, priced. `line_total` is after discounts and with its tax (rules.md 4).

    `exempted_tax` is what an exempt customer does not pay of a price that includes tax.
    """

    id: str
    quantity: int
    unit_price: MinorUnits
    line_subtotal: MinorUnits
    line_discount: MinorUnits
    line_tax: MinorUnits
    line_total: MinorUnits
    exempted_tax: MinorUnits = 0


@value
class ShippingCharge:
    """The way of shipping that was priced: `charge` by its rule, `discount` by promotions, `total` with its tax."""

    rule_id: UUID
    name: str
    estimated_days: int | None
    charge: MinorUnits
    discount: MinorUnits
    tax: MinorUnits
    total: MinorUnits
    exempted_tax: MinorUnits = 0


@value
class AppliedDiscount:
    """What one promotion took off. One on shipping may have taken 0 so far, where no shipping is charged yet."""

    promotion_id: UUID
    code: str | None
    name: str
    amount: MinorUnits
    target: Literal["LINES", "SHIPPING"]


@value
class BundlePrice:
    """What the lines of one bundle cost by themselves, and what is taken off because they are bought together.

    `discount` is in the lines' discounts, and no promotion's.
    """

    id: str
    bundle_id: UUID
    name: str
    quantity: int
    subtotal: MinorUnits
    discount: MinorUnits


@value
class RejectedCode:
    """A code on the cart that takes nothing off, and why."""

    code: str
    reason: Reason


@value
class TaxAmount:
    """One rate's part of `tax_total`, over all lines and shipping. `rate_ppm` is in parts per million."""

    rate_id: UUID
    name: str
    type: TaxType
    rate_ppm: int
    amount: MinorUnits


@value
class FreeShipping:
    """How much more to put into the cart until shipping is free."""

    remaining: MinorUnits
    reached: bool


@value
class Totals:
    """The sums a shopper sees (rules.md 4).

    `discount_total` is what came off the lines: what came off shipping is already in `shipping_total`. `item_count` is
    the sum of quantities.
    """

    item_count: int
    subtotal: MinorUnits
    discount_total: MinorUnits
    shipping_total: MinorUnits
    tax_total: MinorUnits
    gift_card_total: MinorUnits
    points_total: MinorUnits
    total: MinorUnits


@value
class Quote:
    """Lines in the caller's order, totals, and everything that must be stored to explain them later."""

    currency: str
    pricing: Literal["final", "estimated"]
    lines: tuple[QuoteLine, ...]
    totals: Totals
    discounts: tuple[AppliedDiscount, ...]
    rejected_codes: tuple[RejectedCode, ...]
    taxes: tuple[TaxAmount, ...]
    shipping: ShippingCharge | None
    free_shipping: FreeShipping | None
    """None where nothing makes shipping free."""
    tax_inclusive: bool
    rounding_mode: RoundingMode
    rounding_scope: RoundingScope
    rule_set_version: int
    engine_version: int
    bundles: tuple[BundlePrice, ...] = ()
    """By id."""
