"""Who may do what, and that nobody reaches another company (rules.md 34, 36)."""

from typing import Any

import httpx
import pytest
from servicekit.ids import new_id

from .shop import GERMAN_VAT, PARCEL, TEN_PERCENT, Shop

NOUNS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "promotions": (TEN_PERCENT, {"name": "Taken over"}),
    "tax-rates": (GERMAN_VAT, {"ratePpm": 0}),
    "shipping-zones": ({"name": "Alps"}, {"name": "Taken over"}),
    "shipping-rules": (PARCEL, {"name": "Taken over"}),
}


@pytest.mark.parametrize("noun", NOUNS)
async def test_another_companys_rows_do_not_exist(shop: Shop, stranger: Shop, noun: str) -> None:
    """Reading, changing and deleting answer 404, the list is empty, and the row stays as it was."""
    body, change = NOUNS[noun]
    made = await shop.makes(noun, body)
    path = f"/api/admin/{noun}/{made['id']}"

    answers = [
        await stranger.asks("GET", path),
        await stranger.asks("PATCH", path, change),
        await stranger.asks("DELETE", path),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert (await stranger.asks("GET", f"/api/admin/{noun}")).json()["items"] == []
    assert (await shop.asks("GET", path)).json() == made
    assert await stranger.rule_sets() == []


async def test_another_companys_code_and_rules_do_not_exist(shop: Shop, stranger: Shop) -> None:
    """The internal routes see one company as well."""
    await shop.makes("promotions", TEN_PERCENT, code="SAVE10")
    await shop.makes("promotions", TEN_PERCENT)
    await shop.makes("tax-rates", GERMAN_VAT)

    code = await stranger.resolves("SAVE10")
    requested = {"siteId": str(new_id()), "currency": "EUR", "country": "DE"}
    address = await stranger.cart_asks("POST", "/internal/addresses/resolve", requested)

    assert code.json()["code"] == "DISCOUNT_INVALID"
    assert await stranger.rule_sets() == []
    assert address.json()["taxRates"] == []


@pytest.mark.parametrize("noun", [*NOUNS, "pricing-settings"])
async def test_viewers_read_and_admins_write(shop: Shop, noun: str) -> None:
    """Support and viewers see the rules, only admins change them, shoppers and strangers neither."""
    path = f"/api/admin/{noun}"
    method = "PUT" if noun == "pricing-settings" else "POST"

    for role in ("viewer", "support", "admin"):
        assert (await shop.asks("GET", path, role=role)).status_code == 200
    for role in ("viewer", "support", "customer"):
        assert (await shop.asks(method, path, {}, role=role)).status_code == 403
    assert (await shop.asks("GET", path, role="customer")).status_code == 403
    assert (await shop.client.get(path)).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/internal/codes/resolve"),
        ("POST", "/internal/addresses/resolve"),
    ],
)
async def test_internal_routes_take_service_tokens_only(
    shop: Shop, client: httpx.AsyncClient, method: str, path: str
) -> None:
    """Not even an admin's token opens them."""
    assert (await shop.asks(method, path, {})).status_code == 401
    assert (await client.request(method, path, json={})).status_code == 401
