"""What a quote is made from, beside the rules: the lines, the shopper, the place and the time."""

from datetime import datetime
from uuid import UUID

from contracts.money import MinorUnits
from contracts.ruleset import PromotionRule, ShippingRule, TaxRate
from contracts.value import value


@value
class LineInput:
    """One cart line at its catalogue price (rules.md 6). `unit_price` is in minor units of the context's currency.

    `id` breaks ties when a discount is spread, so it must be unique and stable; quantity is at least 1.
    """

    id: str
    product_id: UUID
    variant_id: UUID
    quantity: int
    unit_price: MinorUnits
    category_ids: tuple[str, ...] = ()
    tax_category: str | None = None
    bundle: str | None = None
    """The id of the bundle that it is in, one of the context's."""


@value
class BundleInput:
    """Lines that are bought together: those that name its `id`. `quantity` is how often they are, each line too.

    Once, they cost `price`, in minor units of the context's currency, or, where that is None, what they do by
    themselves less `basis_points`, hundredths of a percent; never more than by themselves.
    """

    id: str
    bundle_id: UUID
    name: str
    quantity: int
    price: MinorUnits | None = None
    basis_points: int = 0


@value
class QuoteContext:
    """Who is buying, where, when, and what pricing answered for their codes and address.

    `now` is the moment the promotions are judged at: for a frozen cart, the moment it was frozen (rules.md 14).
    """

    currency: str
    now: datetime
    site_id: UUID | None = None
    country: str | None = None
    state: str | None = None
    postal_code: str | None = None
    extra_promotions: tuple[PromotionRule, ...] = ()
    """The rules of the codes on the cart, each with its code."""
    address_tax_rates: tuple[TaxRate, ...] | None = None
    """The rates pricing found for the address; None takes the rule set's rates for the country."""
    address_shipping_rules: tuple[ShippingRule, ...] | None = None
    """The ways to ship that pricing found for the address; None takes the rule set's rules for the country."""
    shipping_rule_id: UUID | None = None
    """The shopper's choice; without one, or when it is no longer offered, the cheapest is taken."""
    customer_groups: frozenset[str] = frozenset()
    first_order: bool | None = None
    """None: nobody knows yet; a first-order promotion is then granted as an estimate."""
    tax_exempt: bool = False
    gift_card_amount: MinorUnits = 0
    """Minor units offered from gift cards, used up to what is due and before points (rules.md 26)."""
    points_amount: MinorUnits = 0
    """Minor units offered from points."""
    bundles: tuple[BundleInput, ...] = ()
