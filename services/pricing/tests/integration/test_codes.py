"""Resolving codes for the cart service (rules.md 23, 24)."""

import pytest
from contracts.pricing_calls import CodeResolved
from contracts.ruleset import PromotionRule
from servicekit.ids import new_id

from .shop import TEN_PERCENT, Shop


@pytest.mark.parametrize("typed", ["SAVE10", "save10", " Save10 "])
async def test_a_code_resolves_to_its_rule(shop: Shop, typed: str) -> None:
    """Whatever its case, the answer is the whole rule with its code, ready to be priced."""
    made = await shop.makes("promotions", TEN_PERCENT, code="SAVE10", minSubtotal={"EUR": 2000})

    answer = await shop.resolves(typed)

    resolved = CodeResolved.model_validate_json(answer.content)
    assert answer.status_code == 200
    assert (resolved.code, resolved.rule.code) == ("SAVE10", "SAVE10")
    assert str(resolved.rule.id) == made["id"]
    assert resolved.rule.min_subtotal == {"EUR": 2000}
    assert isinstance(resolved.rule, PromotionRule)


@pytest.mark.parametrize("typed", ["", "NOPE", "NO PE", "X" * 51, "É", "SAVE10'; --"])
async def test_what_is_no_code_is_invalid(shop: Shop, typed: str) -> None:
    """Unknown and malformed are answered alike."""
    await shop.makes("promotions", TEN_PERCENT, code="SAVE10")

    answer = await shop.resolves(typed)

    assert (answer.status_code, answer.json()["code"]) == (400, "DISCOUNT_INVALID")


async def test_not_yet_valid_is_answered_like_unknown(shop: Shop) -> None:
    """Nobody finds next week's campaign by trying codes (rules.md 24)."""
    await shop.makes("promotions", TEN_PERCENT, code="SOON", startsAt="2999-01-01T00:00:00Z")

    soon, unknown = (await shop.resolves("SOON")).json(), (await shop.resolves("NEVER")).json()

    assert soon.pop("requestId") != unknown.pop("requestId")
    assert soon == unknown


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"endsAt": "2020-01-01T00:00:00Z"}, "DISCOUNT_EXPIRED"),
        ({"active": False}, "DISCOUNT_INVALID"),
        ({"currencies": ["USD"]}, "DISCOUNT_INVALID"),
        ({"siteIds": ["00000000-0000-7000-8000-000000000001"]}, "DISCOUNT_INVALID"),
        ({"type": "FIXED_AMOUNT_OFF", "basisPoints": None, "amounts": {"USD": 500}}, "DISCOUNT_INVALID"),
    ],
)
async def test_a_code_that_cannot_be_used_here_and_now_is_refused(
    shop: Shop, fields: dict[str, object], code: str
) -> None:
    """Expired has a code of its own; for another site or currency, or switched off, is invalid."""
    await shop.makes("promotions", TEN_PERCENT, code="SAVE10", **fields)

    answer = await shop.resolves("SAVE10")

    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_a_code_for_this_site_and_currency_resolves(shop: Shop) -> None:
    """The other side of the refusals."""
    site = new_id()
    await shop.makes("promotions", TEN_PERCENT, code="HERE", siteIds=[str(site)], currencies=["EUR"])

    assert (await shop.resolves("HERE", site_id=site)).status_code == 200


async def test_a_code_used_up_is_refused_until_its_limit_is_raised(shop: Shop) -> None:
    """The limit counts converted carts, and is the admin's to change."""
    made = await shop.makes("promotions", TEN_PERCENT, code="TWICE", usageLimit=2)
    path = f"/api/admin/promotions/{made['id']}"

    await shop.receives(shop.sale(**{made["id"].replace("-", ""): 100}))
    once = await shop.resolves("TWICE")
    await shop.receives(shop.sale(**{made["id"].replace("-", ""): 100}))
    twice = await shop.resolves("TWICE")
    await shop.asks("PATCH", path, {"usageLimit": 3})

    assert once.status_code == 200
    assert (twice.status_code, twice.json()["code"]) == (400, "DISCOUNT_LIMIT_REACHED")
    assert (await shop.asks("GET", path)).json()["timesUsed"] == 2
    assert (await shop.resolves("TWICE")).status_code == 200


async def test_a_limited_promotion_is_an_estimate(shop: Shop) -> None:
    """Carts show it as estimated until a checkout reserves the use (rules.md 23)."""
    await shop.makes("promotions", TEN_PERCENT, code="FEW", usageLimit=2)
    await shop.makes("promotions", TEN_PERCENT, code="MANY")

    assert (await shop.resolves("FEW")).json()["rule"]["counts"] is True
    assert (await shop.resolves("MANY")).json()["rule"]["counts"] is False
