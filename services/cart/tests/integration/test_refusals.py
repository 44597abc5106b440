"""What a cart refuses, with which code, and that nothing is changed by it."""

from typing import Any

import pytest
from servicekit.ids import new_id

from ..shop import Shop


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"quantity": 0}, 422, "quantity"),
        ({"quantity": -1}, 422, "quantity"),
        ({"quantity": 10**12}, 422, "quantity"),
        ({"quantity": "2"}, 422, "quantity"),
        ({"quantity": 1, "unitPrice": 1}, 422, "unitPrice"),
        ({"quantity": 1, "colour": "red"}, 422, "colour"),
        ({"quantity": 1, "source": "no spaces!"}, 422, "source"),
        ({"quantity": 1, "variantId": "nonsense"}, 422, "variantId"),
        ({"quantity": 101}, 422, "quantity"),
    ],
)
async def test_a_body_that_does_not_fit_names_the_field(
    shop: Shop, body: dict[str, Any], status: int, field: str
) -> None:
    """Prices come from the catalogue, unknown fields are refused, quantities are bounded (rules.md 6, 8)."""
    guest = await shop.guest_cart({"mug": 1})

    refused = await shop.client.post(
        f"{guest.path}/items", json={"productId": str(shop.products["mug"][0]), **body}, headers=guest.headers
    )

    assert refused.status_code == status
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert await shop.lines(guest.headers) == {"mug": 1}


async def test_malformed_json_is_400(shop: Shop) -> None:
    """What cannot be read at all is not a validation error."""
    guest = await shop.guest_cart()

    headers = {**guest.headers, "content-type": "application/json"}

    refused = await shop.client.post(f"{guest.path}/items", content=b'{"productId": ', headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")


async def test_an_unknown_currency_is_refused(shop: Shop) -> None:
    """Only currencies of ISO 4217 exist."""
    refused = await shop.client.post("/api/public/cart", json={"currency": "XYZ"}, headers=shop.anybody())

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "currency"


async def test_another_session_and_another_company_do_not_see_the_cart(shop: Shop) -> None:
    """A wrong token, and the right one under another company, are 404: the same as absent (rules.md 7)."""
    guest = await shop.guest_cart({"mug": 1})
    other = await Shop.open(shop.client, shop.database)

    wrong_token = await shop.add(guest, "mug", 1, **{"x-session-token": shop.stranger(guest)["x-session-token"]})
    wrong_company = await shop.add(guest, "mug", 1, **{"x-company-id": str(other.company_id)})

    assert [(a.status_code, a.json()["code"]) for a in (wrong_token, wrong_company)] == [(404, "CART_NOT_FOUND")] * 2
    assert await shop.lines(guest.headers) == {"mug": 1}


async def test_another_companys_product_is_not_found(shop: Shop) -> None:
    """A foreign product id is answered like one that does not exist; inventory, which has more, is away: 503."""
    other = await Shop.open(shop.client, shop.database)
    guest = await shop.guest_cart()

    refused = await shop.client.post(
        f"{guest.path}/items",
        json={"productId": str(other.products["mug"][0]), "quantity": 1},
        headers=guest.headers,
    )

    assert refused.status_code == 503
    assert await shop.lines(guest.headers) == {}


async def test_stock_bounds_what_can_be_added(shop: Shop) -> None:
    """None left is 400, too few left is 409 and says how many; the lines of one variant count together."""
    await shop.stock("vase", price=9900, available=3)
    guest = await shop.guest_cart({"vase": 2})

    too_many = await shop.add(guest, "vase", 2)
    await shop.left("vase", 0)
    none_left = await shop.add(await shop.guest_cart(), "vase", 1)

    assert (too_many.status_code, too_many.json()["code"], too_many.json()["available"]) == (
        409,
        "INSUFFICIENT_STOCK",
        3,
    )
    assert (none_left.status_code, none_left.json()["code"]) == (400, "ITEM_OUT_OF_STOCK")


async def test_stock_received_before_its_product_counts(shop: Shop) -> None:
    """Stock and products come through two queues; whichever is first, the newest stock is what is left."""
    shop.products["clock"] = new_id(), new_id()
    await shop.left("clock", 1)
    unknown = await shop.add(await shop.guest_cart(), "clock")
    await shop.stock("clock", price=4900, available=10)

    refused = await shop.add(await shop.guest_cart(), "clock", 2)

    assert unknown.status_code == 503
    assert (refused.status_code, refused.json()["available"]) == (409, 1)


async def test_a_backorderable_product_is_never_out_of_stock(shop: Shop) -> None:
    """What may be sold below zero, and what is not counted, is exempt (rules.md 19)."""
    await shop.stock("ebook", price=500, available=0, tracked=False)
    await shop.stock("chair", price=500, available=0, backorderable=True)
    guest = await shop.guest_cart({"ebook": 5, "chair": 5})

    assert await shop.lines(guest.headers) == {"ebook": 5, "chair": 5}


async def test_a_product_without_a_price_in_the_carts_currency_cannot_be_bought(shop: Shop) -> None:
    """No currency is converted behind the shopper's back."""
    await shop.stock("tea", price=0, prices={"EUR": 700})
    guest = await shop.guest_cart()

    refused = await shop.add(guest, "tea")

    assert (refused.status_code, refused.json()["code"]) == (409, "PRODUCT_UNAVAILABLE")


async def test_upstreams_that_are_away_leave_the_cart_untouched(shop: Shop) -> None:
    """Codes, estimates and holds answer 503 at once; adding goes on (architecture.md)."""
    guest = await shop.guest_cart({"mug": 1})
    before = await shop.read(guest)

    answers = [
        await shop.client.post(f"{guest.path}/discount", json={"code": "SAVE10"}, headers=guest.headers),
        await shop.client.post("/api/cart/tax/estimate", json={"country": "US"}, headers=guest.headers),
        await shop.client.post(f"/api/cart/{guest.cart_id}/hold", headers=guest.headers),
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(503, "SERVICE_UNAVAILABLE")] * 3
    assert await shop.read(guest) == before
    assert (await shop.add(guest, "mug")).status_code == 200


async def test_a_line_that_is_not_there_is_not_found(shop: Shop) -> None:
    """Setting and removing name the line that they want."""
    guest = await shop.guest_cart({"mug": 1})
    path = f"{guest.path}/items/{new_id()}"

    answers = [
        await shop.client.patch(path, json={"quantity": 2}, headers=guest.headers),
        await shop.client.delete(path, headers=guest.headers),
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(404, "ITEM_NOT_FOUND")] * 2
