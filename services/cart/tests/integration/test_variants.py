"""Which variant a request names, and what makes two adds one line (rules.md 8)."""

import asyncio
from typing import Any

import pytest
from contracts.inventory import ProductChanged, Variant
from servicekit.ids import new_id

from ..shop import Guest, Shop


@pytest.fixture
async def shirts(shop: Shop) -> Shop:
    """A shop with a shirt in the sizes S and M."""
    product_id = new_id()
    variants = tuple(
        Variant(variant_id=new_id(), sku=f"shirt-{s}", title=s, options={"Size": s}, prices={"USD": 2000}, available=9)
        for s in ("S", "M")
    )
    await shop.say(ProductChanged(title="Shirt", slug="shirt", active=True, variants=variants), product_id)
    shop.products |= {variant.sku: (product_id, variant.variant_id) for variant in variants}
    return shop


async def add(shop: Shop, guest: Guest, sku: str, **body: Any) -> tuple[int, Any]:
    """Add one of the product; the status, and the cart or the problem's code."""
    wanted = {"productId": str(shop.products[sku][0]), "quantity": 1, **body}
    answer = await shop.client.post(f"{guest.path}/items", json=wanted, headers=guest.headers)
    return answer.status_code, answer.json().get("code") or answer.json()


async def test_a_size_in_any_spelling_given_or_implied_is_one_line(shirts: Shop) -> None:
    """By variant, by size, by option and in any case: four times the same shirt."""
    guest = await shirts.guest_cart()
    m = str(shirts.products["shirt-M"][1])

    for body in ({"variantId": m}, {"size": "m"}, {"options": {"SIZE": "M"}}, {"variantId": m, "size": "M"}):
        await add(shirts, guest, "shirt-M", **body)

    cart = await shirts.read(guest)
    assert [(line["sku"], line["quantity"], line["options"]) for line in cart["items"]] == [
        ("shirt-M", 4, {"Size": "M"})
    ]


async def test_a_shoppers_own_option_makes_a_line_of_its_own(shirts: Shop) -> None:
    """What is engraved is not in the catalogue, and is kept as it was written."""
    guest = await shirts.guest_cart()

    await add(shirts, guest, "shirt-M", size="M")
    await add(shirts, guest, "shirt-M", size="M", options={"print": "Ada"})

    cart = await shirts.read(guest)
    assert [line["options"] for line in cart["items"]] == [{"Size": "M"}, {"Size": "M", "print": "Ada"}]


@pytest.mark.parametrize(
    "body", [{}, {"size": "XL"}, {"options": {"print": "Ada"}}, {"size": "M", "options": {"Size": "S"}}]
)
async def test_a_request_that_names_no_single_variant_asks_for_the_size(shirts: Shop, body: dict[str, Any]) -> None:
    """None, an unknown one, something else, or two at once."""
    guest = await shirts.guest_cart()

    refused = await add(shirts, guest, "shirt-M", **body)

    assert refused == (422, "SIZE_REQUIRED")
    assert await shirts.lines(guest.headers) == {}


async def test_options_cannot_turn_one_variant_into_another(shirts: Shop) -> None:
    """Size S of the variant that is M is not sold as M."""
    guest = await shirts.guest_cart()

    refused = await add(shirts, guest, "shirt-M", variantId=str(shirts.products["shirt-M"][1]), size="S")

    assert refused == (422, "SIZE_REQUIRED")


async def test_lines_of_one_variant_share_its_stock(shirts: Shop) -> None:
    """Nine shirts are nine, plain or printed."""
    guest = await shirts.guest_cart()
    await add(shirts, guest, "shirt-M", size="M", quantity=5)

    refused = await add(shirts, guest, "shirt-M", size="M", quantity=5, options={"print": "Ada"})

    assert refused == (409, "INSUFFICIENT_STOCK")


async def test_the_same_new_line_from_two_tabs_is_one(shirts: Shop) -> None:
    """Both tabs add what the cart does not have yet, at the same moment."""
    guest = await shirts.guest_cart()

    await asyncio.gather(*(add(shirts, guest, "shirt-M", size=size) for size in ("M", "m", "M", "m")))

    assert await shirts.lines(guest.headers) == {"shirt-M": 4}


async def test_a_line_whose_product_vanished_can_shrink_and_go_but_not_grow(shirts: Shop) -> None:
    """The shop took the shirt away while it was in the cart."""
    guest = await shirts.guest_cart()
    _, cart = await add(shirts, guest, "shirt-M", size="M", quantity=3)
    line = f"{guest.path}/items/{cart['items'][0]['id']}"
    await shirts.say(
        ProductChanged(title="Shirt", slug="shirt", active=False, variants=()), shirts.products["shirt-M"][0]
    )

    grown = await shirts.client.patch(line, json={"quantity": 4}, headers=guest.headers)
    shrunk = await shirts.client.patch(line, json={"quantity": 2}, headers=guest.headers)
    gone = await shirts.client.delete(line, headers=guest.headers)

    assert (grown.status_code, grown.json()["code"]) == (409, "PRODUCT_UNAVAILABLE")
    assert (shrunk.status_code, shrunk.json()["notices"][0]["code"]) == (200, "PRODUCT_UNAVAILABLE")
    assert (gone.status_code, gone.json()["items"]) == (200, [])
