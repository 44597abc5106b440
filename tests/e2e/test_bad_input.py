"""What does not fit is refused with a problem document that names the field, and changes nothing."""

import base64
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import jwt
import pytest
import uuid_utils.compat as ids
from cartwheel_local.secrets import load_secrets

from .shop import Shop, open_shop
from .shopper import Guest, refused_as
from .stack import Stack
from .visitor import Visitor, fine, refusal

TOO_LARGE = 1024 * 1024 + 1


@pytest.fixture(scope="module")
async def market(stack: Stack) -> AsyncIterator[Shop]:
    """One shop for all of them: nothing here changes anything."""
    async with open_shop(stack) as shop:
        yield shop


@pytest.fixture
async def guest(market: Shop) -> AsyncIterator[Guest]:
    """A guest whose cart, with one mug, must be the same in the end."""
    guest = market.guest()
    await guest.opens_a_cart()
    await guest.adds("mug")
    before = await guest.looks()
    yield guest
    assert await guest.looks() == before


@pytest.fixture
async def browser(guest: Guest, market: Shop) -> Visitor:
    """The guest's browser, which sends anything as it is."""
    return market.visitor(**guest.credentials)


def fields(answer: httpx.Response) -> list[str]:
    """The fields that a 422 names."""
    assert refusal(answer) == (422, "VALIDATION_FAILED")
    return [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    "text",
    [b"{", b"", b'{"quantity": NaN}', b"\xff\xfe", b"[" * 5000],
    ids=["cut off", "empty", "no number", "no text", "deep"],
)
async def test_what_is_no_json_is_400(guest: Guest, browser: Visitor, text: bytes) -> None:
    """A body that cannot be read as JSON is a bad request, however it is broken."""
    answer = await browser.sends_raw("POST", f"/api/public/cart/{guest.cart_id}/items", text)

    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"price": 1}, "price"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": 10**18}, "quantity"),
        ({"quantity": 1.5}, "quantity"),
        ({"quantity": "1"}, "quantity"),
        ({"productId": "mug"}, "productId"),
        ({"productId": None}, "productId"),
        ({"options": {"size": "x" * 201}}, "options"),
    ],
    ids=["price", "negative", "none", "huge", "broken", "text", "no id", "null", "long"],
)
async def test_a_field_that_does_not_fit_is_named(
    guest: Guest, browser: Visitor, market: Shop, change: dict[str, Any], named: str
) -> None:
    """Unknown fields (such as a price, rules.md 6), impossible quantities, ids that are none: 422 with the field."""
    body = {"productId": str(market.products["mug"]), "quantity": 1, **change}

    answer = await browser.send("POST", f"/api/public/cart/{guest.cart_id}/items", body)

    assert any(named in field for field in fields(answer))


async def test_more_than_a_shop_allows_is_refused(guest: Guest) -> None:
    """A line takes a hundred pieces at most (rules.md 8)."""
    assert await refused_as(guest.adds("mug", 100)) == (422, "QUANTITY_LIMIT")


async def test_a_currency_that_does_not_exist_is_refused(market: Shop) -> None:
    """A cart cannot be had in money that nobody has; one that the shop does not sell in is refused as well."""
    visitor = market.visitor(**{"x-company-id": str(market.company_id)})
    assert fields(await visitor.send("POST", "/api/public/cart", {"currency": "XXZ"})) == ["currency"]
    assert fields(await visitor.send("POST", "/api/public/cart", {"currency": "US"})) == ["currency"]


async def test_what_does_not_exist_is_404(guest: Guest, browser: Visitor, market: Shop) -> None:
    """A product, a line and a cart of nobody, and a cart opened with somebody else's token."""
    nobody = str(ids.uuid7())
    items = f"/api/public/cart/{guest.cart_id}/items"
    line = {"productId": nobody, "quantity": 1}
    assert refusal(await browser.send("POST", items, line)) == (404, "PRODUCT_NOT_FOUND")
    assert refusal(await browser.send("PATCH", f"{items}/{nobody}", {"quantity": 1})) == (404, "ITEM_NOT_FOUND")
    other = market.guest()
    await other.opens_a_cart()
    others = market.visitor(**other.credentials)
    assert refusal(await others.send("DELETE", f"/api/public/cart/{guest.cart_id}/items/{nobody}"))[0] == 404


@pytest.mark.parametrize("straight", [False, True], ids=["gateway", "service"])
async def test_a_body_that_is_too_large_is_413(guest: Guest, browser: Visitor, stack: Stack, straight: bool) -> None:
    """A mebibyte is enough for any cart: the gateway stops more, and a service that is reached past it does too."""
    url = stack.service_url("cart") if straight else ""
    body = json.dumps({"code": "X" * TOO_LARGE}).encode()

    answer = await browser.sends_raw("POST", f"{url}/api/public/cart/{guest.cart_id}/discount", body)

    assert refusal(answer) == (413, "BODY_TOO_LARGE")


async def test_headers_that_are_missing_or_wrong_are_said_so(guest: Guest, market: Shop) -> None:
    """No company is 400, no session 401, a token that opens nothing 404 (rules.md 7)."""
    visitor = market.visitor()
    assert refusal(await visitor.send("POST", "/api/public/cart", {}))[0] == 400
    visitor.headers["x-company-id"] = "not-an-id"
    assert refusal(await visitor.send("POST", "/api/public/cart", {}))[0] in {400, 422}
    visitor.headers["x-company-id"] = str(market.company_id)
    assert refusal(await visitor.send("GET", "/api/public/cart")) == (401, "UNAUTHENTICATED")
    for token in ("0" * 64, "short", guest.session_token.upper()):
        visitor.headers["x-session-token"] = token
        assert refusal(await visitor.send("GET", "/api/public/cart"))[0] == 404


def broken_tokens(stack: Stack, shop: Shop) -> dict[str, str]:
    """Tokens that look like one of ours and are none."""
    secret = load_secrets(stack.home).jwt_secret
    now = int(time.time())
    claims = {"sub": "eve", "company_id": str(shop.company_id), "roles": ["customer", "admin"], "exp": now + 600}
    good = jwt.encode(claims, secret, algorithm="HS256")
    header, payload, signature = good.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    elevated = base64.urlsafe_b64encode(json.dumps({**claims, "roles": ["platform"]}).encode()).rstrip(b"=").decode()
    return {
        "of another key": jwt.encode(claims, "k" * 64, algorithm="HS256"),
        "of another algorithm": jwt.encode(claims, secret, algorithm="HS512"),
        "unsigned": f"{unsigned}.{payload}.",
        "changed": f"{header}.{elevated}.{signature}",
        "expired": jwt.encode({**claims, "exp": now - 3600}, secret, algorithm="HS256"),
        "without an end": jwt.encode({k: v for k, v in claims.items() if k != "exp"}, secret, algorithm="HS256"),
        "without a subject": jwt.encode({k: v for k, v in claims.items() if k != "sub"}, secret, algorithm="HS256"),
        "of no company": jwt.encode({**claims, "company_id": "everyone"}, secret, algorithm="HS256"),
        "of a service": stack.tokens.service("cart"),
        "nonsense": "a.b.c",
        "cut off": good[:-4],
    }


@pytest.mark.parametrize("path", ["/api/cart", "/api/admin/carts", "/api/admin/promotions", "/api/admin/products"])
async def test_broken_tokens_open_nothing(market: Shop, stack: Stack, path: str) -> None:
    """Every way to forge a token is 401."""
    for name, token in broken_tokens(stack, market).items():
        answer = await market.visitor(authorization=f"Bearer {token}").send("GET", path)
        assert refusal(answer) == (401, "UNAUTHENTICATED"), name


async def test_a_shopper_is_no_administrator(market: Shop) -> None:
    """A good token with the wrong role is 403, and a customer never completes an order by themselves."""
    token = market.stack.tokens.customer(market.company_id, "ivo")
    customer = market.visitor(authorization=f"Bearer {token}")
    assert refusal(await customer.send("GET", "/api/admin/carts")) == (403, "FORBIDDEN")
    assert refusal(await customer.send("POST", "/internal/carts/x/convert", {}))[0] == 404


CSV = """product_handle,title,sku,price_USD,stock
good-cup,Cup,CUP-1,5.00,3
bad-cup,Cup,CUP-2,cheap,3
torn-cup,Cup,CUP-3
"""


async def test_a_bad_csv_is_reported_row_by_row(market: Shop) -> None:
    """What is good is imported, what is bad is named with its line and field; a wrong header refuses the file."""
    admin = market.admin()

    async def imports(text: str) -> httpx.Response:
        return await admin.sends_raw("POST", "/api/admin/products/import", text.encode(), content_type="text/csv")

    report = fine(await imports(CSV))
    assert (report["created"], report["rejected"]) == (1, 2), report
    assert {(error["line"], error["field"]) for error in report["errors"]} >= {(3, "price_USD")}
    assert {error["line"] for error in report["errors"]} == {3, 4}
    assert set(fields(await imports("sku,colour\nCUP,red\n"))) >= {"colour"}
