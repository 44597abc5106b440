"""A rule set carries only what can be priced, and never a code."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from contracts.ruleset import ENGINE_VERSION, PromotionRule, RuleSet, ShippingRule, TaxRate
from pydantic import ValidationError

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
PERCENTAGE = {"id": UUID(int=1), "name": "Ten off", "type": "PERCENTAGE_OFF", "scope": "CART", "basisPoints": 1000}
FIXED = {"id": UUID(int=2), "name": "Five off", "type": "FIXED_AMOUNT_OFF", "scope": "CART", "amounts": {"USD": 500}}
FREE = {"id": UUID(int=3), "name": "Free", "type": "FREE_SHIPPING", "scope": "SHIPPING"}
VAT = {"id": UUID(int=4), "name": "VAT", "type": "VAT", "country": "DE", "ratePpm": 190_000}
POST = {"id": UUID(int=5), "name": "Post", "amounts": {"USD": 500}}


def rule_set(**fields: object) -> RuleSet:
    return RuleSet.model_validate({"version": 1, "companyId": UUID(int=9), "publishedAt": NOW} | fields)


def test_a_rule_set_survives_the_wire() -> None:
    """It is written in camelCase and read back to an equal value."""
    published = rule_set(promotions=[PERCENTAGE, FIXED, FREE], taxRates=[VAT], shippingRules=[POST], siteId=UUID(int=8))

    text = published.model_dump_json(by_alias=True)

    assert '"companyId"' in text
    assert '"ratePpm":190000' in text
    assert RuleSet.model_validate_json(text) == published


def test_a_rule_set_without_rules_is_complete() -> None:
    """A company that has set up nothing still prices, with the defaults of rules.md 2."""
    empty = rule_set()

    assert (empty.engine_version, empty.rounding_mode, empty.rounding_scope) == (ENGINE_VERSION, "HALF_EVEN", "LINE")
    assert not empty.tax_inclusive


def test_a_field_of_a_newer_sender_is_ignored() -> None:
    """Optional fields may be added without breaking a consumer one version behind (messaging.md)."""
    assert rule_set(somethingNew=1) == rule_set()


@pytest.mark.parametrize(
    "change",
    [
        PERCENTAGE | {"basisPoints": None},
        PERCENTAGE | {"basisPoints": 0},
        PERCENTAGE | {"basisPoints": 10_001},
        PERCENTAGE | {"amounts": {"USD": 1}},
        FIXED | {"amounts": {}},
        FIXED | {"amounts": {"USD": -1}},
        FIXED | {"amounts": {"USD": 1.0}},
        FIXED | {"amounts": {"DEM": 1}},
        FIXED | {"basisPoints": 1},
        FREE | {"scope": "CART"},
        PERCENTAGE | {"scope": "PRODUCT"},
        PERCENTAGE | {"scope": "CATEGORY"},
        PERCENTAGE | {"type": "BUY_X_GET_Y"},
        PERCENTAGE | {"minQuantity": -1},
        PERCENTAGE | {"currencies": ["EURO"]},
        PERCENTAGE | {"startsAt": NOW, "endsAt": NOW},
        PERCENTAGE | {"startsAt": NOW.replace(tzinfo=None)},
        PERCENTAGE | {"code": "ten off"},
    ],
)
def test_a_promotion_that_cannot_be_priced_is_refused(change: dict[str, object]) -> None:
    """Type, scope, value and dates must fit together when a rule is written, not when a cart is priced."""
    with pytest.raises(ValidationError):
        PromotionRule.model_validate(change)


def test_a_promotion_may_be_open_ended() -> None:
    """Either date may be missing."""
    PromotionRule.model_validate(PERCENTAGE | {"startsAt": NOW})
    PromotionRule.model_validate(PERCENTAGE | {"startsAt": NOW, "endsAt": NOW + timedelta(days=1)})


@pytest.mark.parametrize(
    "change",
    [{"country": "Germany"}, {"ratePpm": -1}, {"ratePpm": 10_000_001}, {"postalPrefix": "10 1"}, {"type": "TOLL"}],
)
def test_a_tax_rate_names_a_place_and_a_rate(change: dict[str, object]) -> None:
    """Countries are two capitals, postal prefixes are normalised, rates are 0 to 1,000 %."""
    with pytest.raises(ValidationError):
        TaxRate.model_validate(VAT | change)


def test_a_shipping_charge_is_never_negative() -> None:
    """A shipping rule cannot pay the shopper."""
    with pytest.raises(ValidationError):
        ShippingRule.model_validate(POST | {"amounts": {"USD": -1}})


def test_a_code_is_never_published() -> None:
    """Codes travel only to a shopper who knows them, so no event may carry one (rules.md 35)."""
    with pytest.raises(ValidationError, match="never carries a code"):
        rule_set(promotions=[PERCENTAGE | {"code": "SAVE10"}])


@pytest.mark.parametrize(
    "rules", [{"promotions": [FREE, FREE]}, {"taxRates": [VAT] * 2}, {"shippingRules": [POST] * 2}]
)
def test_one_rule_is_given_once(rules: dict[str, object]) -> None:
    """Two rules with one id would make the order of the list matter."""
    with pytest.raises(ValidationError, match="given twice"):
        rule_set(**rules)


def test_a_rule_set_cannot_be_changed() -> None:
    """Replicas share it, so it is frozen."""
    with pytest.raises(ValidationError):
        rule_set().version = 2  # type: ignore[misc] # the mistake under test
