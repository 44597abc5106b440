"""Bodies of the calls that pricing answers (cart calls)."""

from enum import StrEnum
from uuid import UUID

from contracts.base import Contract
from contracts.ruleset import PromotionRule, ShippingRule, TaxRate


class CodeRefusal(StrEnum):
    """Why pricing refuses a code; cart answers its shopper with the same one."""

    DISCOUNT_INVALID = "DISCOUNT_INVALID"
    DISCOUNT_EXPIRED = "DISCOUNT_EXPIRED"
    DISCOUNT_LIMIT_REACHED = "DISCOUNT_LIMIT_REACHED"
    DISCOUNT_NOT_COMBINABLE = "DISCOUNT_NOT_COMBINABLE"


class ResolveCode(Contract):
    """POST /internal/codes/resolve: which rule does this code stand for, for this site and currency, now?"""

    code: str
    site_id: UUID
    currency: str
    customer_id: str | None = None


class CodeResolved(Contract):
    """The code's rule. An unusable code is a problem: DISCOUNT_INVALID, DISCOUNT_EXPIRED or DISCOUNT_LIMIT_REACHED."""

    code: str
    rule: PromotionRule


class ResolveAddress(Contract):
    """POST /internal/addresses/resolve: taxes and shipping for an address (no street, no name)."""

    site_id: UUID
    currency: str
    country: str
    state: str | None = None
    postal_code: str | None = None
    city: str | None = None


class AddressResolved(Contract):
    """The tax rates and shipping rules that apply at an address, and the rule set's tax mode."""

    tax_rates: tuple[TaxRate, ...]
    shipping_rules: tuple[ShippingRule, ...]
    tax_inclusive: bool
