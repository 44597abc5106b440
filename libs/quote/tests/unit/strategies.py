"""Random carts, rule sets and shoppers: small enough to collide, mixed enough to meet every branch."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from contracts.money import RoundingMode
from contracts.ruleset import (
    SUPPORTED_ENGINE_VERSIONS,
    PromotionRule,
    RoundingScope,
    RuleSet,
    ShippingRule,
    TaxRate,
    TaxType,
)
from hypothesis import strategies as st
from quote import BundleInput, LineInput, QuoteContext

from .builders import NOW

CURRENCIES = ("JPY", "USD", "KWD", "CLF")
CATEGORIES = ("books", "food", "toys")
COUNTRIES = ("DE", "CA")
STATES = (None, "ON", "QC")
CODES = (100, 101)
"""The numbers of the promotions whose codes a cart may have."""
ids = st.integers(1, 6).map(lambda number: UUID(int=number))
prices = st.one_of(st.integers(0, 12), st.integers(0, 10_000), st.integers(0, 10**9))
by_currency = st.dictionaries(st.sampled_from(CURRENCIES), prices, min_size=1)
moments = st.sampled_from([None, NOW - timedelta(days=1), NOW, NOW + timedelta(days=1)])


@st.composite
def carts(draw: st.DrawFn) -> list[LineInput]:
    """Up to eight lines of a few products, some of them free."""
    names = draw(st.lists(st.text("abcdef", min_size=1, max_size=3), max_size=8, unique=True))
    return [
        LineInput(
            id=name,
            product_id=draw(ids),
            variant_id=draw(ids),
            quantity=draw(st.integers(1, 100)),
            unit_price=draw(prices),
            category_ids=tuple(draw(st.sets(st.sampled_from(CATEGORIES)))),
            tax_category=draw(st.sampled_from((None, *CATEGORIES))),
        )
        for name in names
    ]


@st.composite
def promotions(draw: st.DrawFn, number: int) -> PromotionRule:
    """Any promotion that a rule set may carry; `number` makes its id."""
    scope = draw(st.sampled_from(["CART", "PRODUCT", "CATEGORY", "SHIPPING"]))
    types = ["PERCENTAGE_OFF", "FIXED_AMOUNT_OFF"] + ["FREE_SHIPPING"] * (scope == "SHIPPING")
    type_ = draw(st.sampled_from(types))
    starts_at, ends_at = draw(moments), draw(moments)
    return PromotionRule.model_validate(
        {
            "id": UUID(int=1000 + number),
            "name": f"promotion {number}",
            "type": type_,
            "scope": scope,
            "basis_points": draw(st.integers(1, 10_000)) if type_ == "PERCENTAGE_OFF" else None,
            "amounts": draw(by_currency) if type_ == "FIXED_AMOUNT_OFF" else {},
            "min_subtotal": draw(st.one_of(st.just({}), by_currency)),
            "min_quantity": draw(st.sampled_from([0, 0, 0, 2, 50])),
            "product_ids": draw(st.lists(ids, min_size=scope == "PRODUCT", max_size=3, unique=True)),
            "category_ids": draw(st.lists(st.sampled_from(CATEGORIES), min_size=scope == "CATEGORY", max_size=2)),
            "starts_at": starts_at,
            "ends_at": ends_at if starts_at is None or ends_at is None or starts_at < ends_at else None,
            "customer_groups": draw(st.sampled_from([(), (), ("vip",)])),
            "first_order_only": draw(st.sampled_from([False, False, True])),
            "lane": draw(st.integers(0, 1)),
            "priority": draw(st.integers(0, 2)),
            "exclusive": draw(st.sampled_from([False, False, False, True])),
            "counts": draw(st.booleans()),
            "revision": draw(st.integers(0, 2)),
            "code_revision": draw(st.integers(0, 2)),
        }
    )


@st.composite
def tax_rates(draw: st.DrawFn, number: int) -> TaxRate:
    """Any rate up to 100 %, somewhere in two countries."""
    return TaxRate(
        id=UUID(int=2000 + number),
        name=f"rate {number}",
        type=draw(st.sampled_from(TaxType)),
        country=draw(st.sampled_from(COUNTRIES)),
        state=draw(st.sampled_from(STATES)),
        postal_prefix=draw(st.sampled_from([None, None, "1"])),
        category=draw(st.sampled_from((None, None, *CATEGORIES))),
        rate_ppm=draw(st.one_of(st.sampled_from([0, 50_000, 99_750, 190_000]), st.integers(0, 1_000_000))),
        compound=draw(st.booleans()),
        shipping_taxable=draw(st.booleans()),
        priority=draw(st.integers(0, 2)),
    )


@st.composite
def shipping_rules(draw: st.DrawFn, number: int) -> ShippingRule:
    """Any flat rate."""
    return ShippingRule(
        id=UUID(int=3000 + number),
        name=f"way {number}",
        countries=tuple(draw(st.sets(st.sampled_from(COUNTRIES)))),
        amounts=draw(by_currency),
        free_over=draw(st.one_of(st.just({}), by_currency)),
        taxable=draw(st.booleans()),
    )


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    """A company's rules with up to six promotions, four rates and three ways to ship, and what became of codes."""
    ends = st.sampled_from([NOW - timedelta(days=1), NOW, NOW + timedelta(days=1)])
    return RuleSet(
        version=draw(st.integers(1, 9)),
        engine_version=draw(st.sampled_from(SUPPORTED_ENGINE_VERSIONS)),
        company_id=UUID(int=1),
        rounding_mode=draw(st.sampled_from(RoundingMode)),
        rounding_scope=draw(st.sampled_from(RoundingScope)),
        tax_inclusive=draw(st.booleans()),
        default_country=draw(st.sampled_from([None, *COUNTRIES])),
        best_deal=draw(st.booleans()),
        promotions=tuple(draw(promotions(number)) for number in range(draw(st.integers(0, 6)))),
        withdrawn=draw(st.dictionaries(st.sampled_from([UUID(int=1000 + number) for number in (0, *CODES)]), ends)),
        changed=tuple(draw(promotions(number)) for number in draw(st.sets(st.sampled_from(CODES)))),
        tax_rates=tuple(draw(tax_rates(number)) for number in range(draw(st.integers(0, 4)))),
        shipping_rules=tuple(draw(shipping_rules(number)) for number in range(draw(st.integers(0, 3)))),
        published_at=NOW,
    )


@st.composite
def contexts(draw: st.DrawFn) -> QuoteContext:
    """A shopper with or without an address, codes, an exemption and something to pay with."""
    codes = [draw(promotions(number)) for number in CODES[: draw(st.integers(0, 2))]]
    return QuoteContext(
        currency=draw(st.sampled_from(CURRENCIES)),
        now=NOW,
        country=draw(st.sampled_from([None, *COUNTRIES])),
        state=draw(st.sampled_from(STATES)),
        postal_code=draw(st.sampled_from([None, "10 117", "20095"])),
        extra_promotions=tuple(rule.model_copy(update={"code": f"CODE-{rule.id.int}"}) for rule in codes),
        shipping_rule_id=draw(st.sampled_from([None, UUID(int=3000), UUID(int=3001)])),
        customer_groups=draw(st.sampled_from([frozenset[str](), frozenset({"vip"})])),
        first_order=draw(st.sampled_from([None, True, False])),
        tax_exempt=draw(st.booleans()),
        gift_card_amount=draw(st.one_of(st.just(0), prices)),
        points_amount=draw(st.one_of(st.just(0), prices)),
    )


@st.composite
def bundled_carts(draw: st.DrawFn) -> tuple[list[LineInput], tuple[BundleInput, ...]]:
    """Lines of which some are in up to three bundles, for a price or a part less, each so often in the cart."""
    lines = draw(carts())
    often = {name: draw(st.integers(1, 5)) for name in ("b1", "b2", "b3")}
    bundled = []
    for line in lines:
        name = draw(st.sampled_from((None, *often)))
        bundled.append(line if name is None else replace(line, bundle=name, quantity=line.quantity * often[name]))
    bundles = []
    for name in sorted({line.bundle for line in bundled if line.bundle is not None}):
        price = draw(st.one_of(st.none(), prices))
        part = draw(st.integers(1, 10_000)) if price is None else 0
        bundles.append(BundleInput(name, UUID(int=4000), name, often[name], price, part))
    return bundled, tuple(bundles)
