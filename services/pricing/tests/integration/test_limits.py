"""How much one rule set may carry: it is one message, and every cart prices with it."""

from typing import Any

import pytest
from contracts.ruleset import TaxRate
from pricing.promotions import repository as promotions
from pricing.promotions.domain import draft
from pricing.rule_sets.domain import MOST
from pricing.shipping_rules import repository as shipping
from pricing.shipping_rules.domain import way
from pricing.taxes import repository as taxes
from servicekit.ids import new_id

from .shop import GERMAN_VAT, PARCEL, TEN_PERCENT, Shop

PROMOTIONS = "/api/admin/promotions"


async def has_promotions(shop: Shop, count: int) -> None:
    """The shop has this many automatic promotions, made before anybody looked."""
    rule = {"name": "Ten percent", "type": "PERCENTAGE_OFF", "scope": "CART", "basis_points": 1000}
    async with shop.database.unit(shop.company_id) as unit:
        for _ in range(count):
            promotion_id = new_id()
            await promotions.insert(unit, promotion_id, draft(promotion_id, rule))


async def test_one_promotion_too_many_is_refused_and_undone(shop: Shop) -> None:
    """Clearly, with the limit; nothing is kept, nothing is published, and a code or an ended one still fits."""
    await has_promotions(shop, MOST - 1)
    last = await shop.makes("promotions", TEN_PERCENT)
    before = await shop.rules()

    refused = await shop.asks("POST", PROMOTIONS, TEN_PERCENT)
    newest = (await shop.asks("GET", f"{PROMOTIONS}?limit=1")).json()["items"]

    assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
    assert refused.json()["detail"] == "At most 500 automatic promotions can be active at once."
    assert [promotion["id"] for promotion in newest] == [last["id"]]
    assert await shop.rules() == before
    for fits in ({"code": "SAVE10"}, {"endsAt": "2020-01-01T00:00:00Z"}, {"active": False}):
        await shop.makes("promotions", TEN_PERCENT, **fits)


async def test_switching_one_promotion_too_many_on_is_refused(shop: Shop) -> None:
    """Until another is switched off, which is always possible."""
    await has_promotions(shop, MOST - 1)
    on = await shop.makes("promotions", TEN_PERCENT)
    off = await shop.makes("promotions", TEN_PERCENT, active=False)

    refused = await shop.asks("PATCH", f"{PROMOTIONS}/{off['id']}", {"active": True})
    await shop.asks("PATCH", f"{PROMOTIONS}/{on['id']}", {"active": False})
    accepted = await shop.asks("PATCH", f"{PROMOTIONS}/{off['id']}", {"active": True})

    assert (refused.status_code, accepted.status_code) == (409, 200)
    assert len((await shop.rules()).promotions) == MOST


@pytest.mark.parametrize(("noun", "body"), [("tax-rates", GERMAN_VAT), ("shipping-rules", PARCEL)])
async def test_taxes_and_ways_to_ship_have_the_same_limit(shop: Shop, noun: str, body: dict[str, Any]) -> None:
    """Of the default country's rates and of the rules that are offered everywhere."""
    await shop.asks("PUT", "/api/admin/pricing-settings", {"defaultCountry": "DE"})
    async with shop.database.unit(shop.company_id) as unit:
        for _ in range(MOST):
            if noun == "tax-rates":
                rate = TaxRate(id=new_id(), name="VAT", type="VAT", country="DE", rate_ppm=1)
                await taxes.insert(unit, rate)
            else:
                await shipping.insert(unit, way(new_id(), {"name": "Parcel", "amounts": {"EUR": 1}}, None))

    refused = await shop.asks("POST", f"/api/admin/{noun}", body)

    assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
