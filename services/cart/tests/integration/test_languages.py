"""What a shopper reads is in their language: refusals, notices, and why a merge changed a line."""

import pytest

from ..shop import Shop
from .test_customers import customer_cart, sign_in


@pytest.mark.parametrize(
    ("language", "detail", "notice"),
    [
        ("en", "Only 1 left in stock.", "Only 1 left in stock."),
        ("de", "Nur noch 1 auf Lager.", "Nur noch 1 auf Lager."),
        ("fr", "Il n'en reste que 1 en stock.", "Il n'en reste que 1 en stock."),
        ("es", "Solo queda una unidad.", "Solo queda una unidad."),
        ("ar", "تبقت قطعة واحدة فقط في المخزون.", "تبقت قطعة واحدة فقط في المخزون."),
        ("ja", "在庫は残り 1 点です。", "在庫は残り 1 点です。"),
    ],
)
async def test_short_stock_is_said_in_the_shoppers_language(
    shop: Shop, language: str, detail: str, notice: str
) -> None:
    """As a refusal and as a notice, with what is left; the answer names its language."""
    guest = await shop.guest_cart({"mug": 2})
    await shop.left("mug", 1)
    accepts = {"accept-language": f"{language}, en;q=0.5"}

    refused = await shop.add(guest, "mug", 1, **accepts)
    seen = await shop.client.get("/api/public/cart", headers={**guest.headers, **accepts})

    assert (refused.status_code, refused.json()["detail"], refused.json()["available"]) == (409, detail, 1)
    assert [one["message"] for one in seen.json()["notices"]] == [notice]
    assert {answer.headers["content-language"] for answer in (refused, seen)} == {language}


async def test_a_replayed_answer_stays_in_its_language(shop: Shop) -> None:
    """The first answer is given again, and says which language it is in (rules.md 10)."""
    guest = await shop.guest_cart()
    await shop.left("mug", 1)
    key = {"idempotency-key": "one-change-of-one-cart"}

    first = await shop.add(guest, "mug", 2, **key, **{"accept-language": "ja"})
    again = await shop.add(guest, "mug", 2, **key, **{"accept-language": "de"})

    assert again.headers["idempotent-replayed"] == "true"
    assert again.content == first.content
    assert again.headers["content-language"] == first.headers["content-language"] == "ja"


async def test_a_merge_says_why_it_changed_a_line(shop: Shop) -> None:
    """In words beside the reason's name."""
    guest = await shop.guest_cart({"mug": 4})
    await customer_cart(shop, {"mug": 3})

    merged = await sign_in(shop, guest)

    assert [(one["reason"], one["message"]) for one in merged["mergeChanges"]] == [
        ("larger", "We kept the larger quantity.")
    ]


async def test_a_cart_without_a_notice_is_in_no_language(shop: Shop) -> None:
    """Nothing of it depends on who reads it."""
    guest = await shop.guest_cart({"mug": 1})

    seen = await shop.client.get("/api/public/cart", headers={**guest.headers, "accept-language": "de"})

    assert "content-language" not in seen.headers
