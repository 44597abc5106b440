"""Assembling a company's rules (architecture.md, "A cart prices itself")."""

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.ruleset import RuleSet, TaxRate, TaxType
from hypothesis import given
from hypothesis import strategies as st
from pricing.pricing_settings.domain import PricingSettings
from pricing.promotions.domain import Promotion, draft, from_document, to_document
from pricing.rule_sets.domain import assemble, published
from quote import compile_rule_set
from servicekit.ids import new_id

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
COMPANY = new_id()
TEN_PERCENT = {"name": "Ten percent", "type": "PERCENTAGE_OFF", "scope": "CART", "basis_points": 1000}


def promotion(times_used: int = 0, **fields: Any) -> Promotion:
    """A promotion, ten percent off unless the fields say otherwise."""
    promotion_id = new_id()
    written = draft(promotion_id, {**TEN_PERCENT, **fields})
    return Promotion(
        promotion_id, written.code, written.rule, written.usage_limit, times_used, written.active, NOW, NOW
    )


def compiled(*promotions: Promotion, country: str | None = None) -> RuleSet:
    """The rule set of a company that has these promotions and taxes in two countries."""
    rates = [
        TaxRate(id=new_id(), name=place, type=TaxType.VAT, country=place, rate_ppm=190_000) for place in ("DE", "FR")
    ]
    return assemble(
        company_id=COMPANY,
        version=3,
        settings=PricingSettings(default_country=country),
        promotions=promotions,
        tax_rates=rates,
        shipping_rules=(),
        withdrawn={},
        changed=(),
        lowest_engine_version=1,
        now=NOW,
    )


def test_what_can_apply_now_or_later_is_published() -> None:
    """Dates are judged by the engine, so tomorrow's promotion is in today's rules; what is over is not."""
    now, later, over = promotion(), promotion(starts_at=NOW + HOUR), promotion(ends_at=NOW)

    assert compiled(now, later, over).promotions == (now.rule, later.rule)


def test_codes_switched_off_and_used_up_are_not_published() -> None:
    """None of them may apply by itself."""
    assert compiled(promotion(code="X"), promotion(active=False), promotion(2, usage_limit=2)).promotions == ()


def test_a_promotion_with_uses_left_is_published_as_counting() -> None:
    """Carts then call their price an estimate (rules.md 23)."""
    [rule] = compiled(promotion(1, usage_limit=2)).promotions

    assert rule.counts


def test_taxes_are_those_of_the_default_country() -> None:
    """Without one, none is shown before an address is known."""
    assert [rate.country for rate in compiled(country="FR").tax_rates] == ["FR"]
    assert compiled().tax_rates == ()


def test_the_event_is_about_the_company() -> None:
    """Consumers keep the newest version they have seen of it."""
    event = published(compiled())

    assert (event.aggregate_id, event.company_id, event.version, event.occurred_at) == (COMPANY, COMPANY, 3, NOW)


amounts = st.dictionaries(st.sampled_from(["EUR", "USD", "JPY", "KWD"]), st.integers(0, 10**12), min_size=1)
kinds = st.one_of(
    st.builds(lambda points: {"type": "PERCENTAGE_OFF", "basis_points": points}, st.integers(1, 10_000)),
    st.builds(lambda values: {"type": "FIXED_AMOUNT_OFF", "basis_points": None, "amounts": values}, amounts),
    st.just({"type": "FREE_SHIPPING", "scope": "SHIPPING", "basis_points": None}),
)
extras = st.fixed_dictionaries(
    {},
    optional={
        "min_subtotal": amounts,
        "min_quantity": st.integers(0, 1_000),
        "lane": st.integers(0, 9),
        "priority": st.integers(-9, 9),
        "exclusive": st.booleans(),
        "customer_groups": st.lists(st.text(min_size=1, max_size=9), max_size=3).map(tuple),
        "usage_limit": st.integers(1, 9),
    },
)


@given(st.lists(st.tuples(kinds, extras), max_size=8))
def test_whatever_an_admin_writes_the_engine_can_price(fields: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Every promotion that is accepted survives the database, the wire and the engine's compiler unchanged."""
    promotions = [promotion(**{**kind, **extra}) for kind, extra in fields]

    rules = compiled(*promotions)

    for written in promotions:
        assert from_document(written.id, to_document(written.rule), written.usage_limit) == written.rule
    assert RuleSet.model_validate_json(rules.model_dump_json(by_alias=True)) == rules
    assert compile_rule_set(rules).automatic == {written.id for written in promotions}
