"""What is too large, too deep or too often is refused with the field's name or the time to wait."""

from typing import Any

import httpx
import pytest
from servicekit.ids import new_id, new_token

from ..shop import Guest, Shop
from .test_lifecycle import restore


def nested(depth: int) -> Any:
    """A value inside so many lists."""
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("meta", {"note": "x" * 4100}),
        ("rental", {str(number): "x" * 300 for number in range(20)}),
        ("meta", {"note": "a\x00b"}),
        ("meta", {"deep": [{"a\u202eb": 1}]}),
        ("rental", {"note": "a\nb"}),
        ("options", {"engraving": "Ada\r\nBcc: eve@mail.example"}),
        ("options", {"engraving\x1b[2J": "Ada"}),
        ("options", {"engraving": "Ada\x7f"}),
        ("options", {"engraving": "Ada\x85"}),
        ("meta", {"many": 10**30}),
        ("meta", {"deep": nested(400)}),
        ("options", {f"option {number}": "x" * 200 for number in range(20)}),
    ],
)
async def test_notes_that_cannot_be_kept_are_refused_by_name(shop: Shop, field: str, value: Any) -> None:
    """`meta` and `rental` are bounded to 4 KiB of JSON, `options`, which are part of an index, to 1 KiB.

    None of them holds a control character, as a key, a value, or deep inside (rules.md 37).
    """
    guest = await shop.guest_cart()
    body = {"productId": str(shop.products["mug"][0]), "quantity": 1, field: value}

    refused = await shop.client.post(f"{guest.path}/items", json=body, headers=guest.headers)

    assert (refused.status_code, refused.json()["code"]) == (422, "VALIDATION_FAILED")
    assert [error["field"].split(".")[0] for error in refused.json()["errors"]] == [field]
    assert await shop.lines(guest.headers) == {}


async def test_notes_within_bounds_come_back_as_they_were(shop: Shop) -> None:
    """A backslash before u0000 is text like any other, and nothing is lost on the way."""
    guest = await shop.guest_cart()
    meta = {"text": "\\u0000 \\n \\ ü 🎁", "list": [1, 2.5, None, {"a": True}]}
    body = {"productId": str(shop.products["mug"][0]), "quantity": 1, "meta": meta, "rental": {"days": 3}}

    answer = await shop.client.post(f"{guest.path}/items", json=body, headers=guest.headers)

    line = (await shop.read(guest))["items"][0]
    assert answer.status_code == 201
    assert (line["meta"], line["rental"]) == (meta, {"days": 3})


async def noted(shop: Shop, guest: Guest, number: int, field: str) -> httpx.Response:
    """Add a line of its own with a note of about 4,000 bytes, of 900 where they are options."""
    options = {"line": str(number)}
    notes: dict[str, Any] = {"options": options, field: {"note": "x" * 4000}}
    if field == "options":
        notes = {"options": {**options, **{f"note {part}": "x" * 180 for part in range(5)}}}
    body = {"productId": str(shop.products["mug"][0]), "quantity": 1, **notes}
    return await shop.client.post(f"{guest.path}/items", json=body, headers=guest.headers)


async def noted_cart(shop: Shop) -> Guest:
    """A guest whose cart has all but a few kilobytes of the notes that it may have."""
    guest = await shop.guest_cart()
    for number in range(15):
        assert (await noted(shop, guest, number, "meta")).status_code == 201
    return guest


@pytest.mark.parametrize("field", ["meta", "rental", "options"])
async def test_a_cart_keeps_so_many_notes_and_no_more(shop: Shop, field: str) -> None:
    """64 KiB of JSON in all its lines: the line that would go beyond is refused by its field; one without may come."""
    guest = await noted_cart(shop)

    answers = [await noted(shop, guest, 20 + number, field) for number in range(7)]
    without = await shop.add(guest, "mug")

    refused = answers[-1]
    assert answers[0].status_code == 201
    assert (refused.status_code, refused.json()["code"]) == (422, "VALIDATION_FAILED"), refused.text
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert "65536 bytes" in refused.json()["errors"][0]["message"]
    assert without.status_code == 201


async def test_keyed_changes_of_a_full_cart_fill_little(shop: Shop) -> None:
    """Each stores a compressed answer: where a cart repeats itself, far less than the answer is long."""
    guest = await noted_cart(shop)
    line = (await shop.read(guest))["items"][0]["id"]

    for number in range(10):
        answer = await shop.client.patch(
            f"{guest.path}/items/{line}",
            json={"quantity": number + 1},
            headers={**guest.headers, "idempotency-key": f"k-{number}"},
        )

    async with shop.database.unit(shop.company_id) as unit:
        stored = await unit.fetchval("SELECT sum(octet_length(answer)) FROM idempotency_keys")
    assert (answer.status_code, len(answer.content) > 60 * 1024) == (200, True)
    assert stored < 10 * len(answer.content) / 10


async def test_the_longest_options_fit_into_the_index(shop: Shop) -> None:
    """Just below the bound, and hard to compress."""
    guest = await shop.guest_cart()
    options = {new_token()[:32]: new_token()[:60] for _ in range(10)}
    body = {"productId": str(shop.products["mug"][0]), "quantity": 1, "options": options}

    answer = await shop.client.post(f"{guest.path}/items", json=body, headers=guest.headers)

    assert answer.status_code == 201
    assert answer.json()["items"][0]["options"] == options


async def test_a_body_above_a_mebibyte_is_refused(shop: Shop) -> None:
    """Before anything of it is understood."""
    guest = await shop.guest_cart()

    refused = await shop.client.post(
        f"{guest.path}/items",
        content=b" " * (1024 * 1024 + 1),
        headers={**guest.headers, "content-type": "application/json"},
    )

    assert (refused.status_code, refused.json()["code"]) == (413, "BODY_TOO_LARGE")


async def test_a_made_up_session_does_not_escape_the_limit_of_creations(shop: Shop) -> None:
    """Ten carts a minute from one address, whatever tokens the requests bring along."""
    answers = [
        await shop.client.post("/api/public/cart", json={}, headers={**shop.anybody(), "x-session-token": new_token()})
        for _ in range(11)
    ]

    assert [answer.status_code for answer in answers] == [201] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_codes_cannot_be_guessed_quickly(shop: Shop) -> None:
    """Five tries a minute and session; for the sixth pricing is not even called."""
    guest = await shop.guest_cart({"mug": 1})

    answers = [
        await shop.client.post(f"{guest.path}/discount", json={"code": f"GUESS{number}"}, headers=guest.headers)
        for number in range(6)
    ]

    assert answers[-1].status_code == 429
    assert answers[-1].json()["code"] == "RATE_LIMITED"


async def test_codes_cannot_be_guessed_by_many_sessions_at_one_address(shop: Shop) -> None:
    """Thirty tries a minute and address; what a client says of its own address starts no other count."""
    guests = [await shop.guest_cart() for _ in range(7)]

    answers = [
        await shop.client.post(
            f"{guest.path}/discount",
            json={"code": f"GUESS{turn}"},
            headers={**guest.headers, "x-forwarded-for": f"203.0.113.{turn}"},
        )
        for guest in guests
        for turn in range(5)
    ]

    assert [answer.status_code == 429 for answer in answers] == [False] * 30 + [True] * 5
    assert answers[-1].headers["ratelimit-policy"] == '"discount_of_address";q=30;w=60'


async def test_one_cart_is_changed_so_often_and_no_more_by_all_who_open_it(shop: Shop) -> None:
    """Three sessions, each within its own limit, share the cart's; another cart is not slowed by that."""
    guest, other = await shop.guest_cart({"mug": 1}), await shop.guest_cart({"mug": 1})
    tokens = [guest.token, *[(await restore(shop, guest, new_id())).json()["sessionToken"] for _ in range(2)]]

    answers = [
        await shop.client.delete(f"{guest.path}/discount/NONE", headers={**guest.headers, "x-session-token": token})
        for token in tokens
        for _ in range(45)
    ]
    elsewhere = await shop.client.delete(f"{other.path}/discount/NONE", headers=other.headers)

    passed = [answer.status_code != 429 for answer in answers]
    assert passed == [True] * 119 + [False] * 16  # the add at the start was one of the 120
    assert answers[-1].headers["ratelimit-policy"] == '"one_cart";q=120;w=60'
    assert elsewhere.status_code == 400


async def test_who_opens_no_cart_has_nothing_stored_for_them(shop: Shop) -> None:
    """Tokens can be made up for ever, each a caller of its own: their refusals under keys leave no row behind."""
    guest = await shop.guest_cart({"mug": 1})
    line = (await shop.read(guest))["items"][0]["id"]
    calls = [
        ("PATCH", f"{guest.path}/items/{line}", {"quantity": 2}),
        ("DELETE", f"{guest.path}/items/{line}", None),
        ("POST", f"{guest.path}/items", {"productId": str(shop.products["mug"][0]), "quantity": 1}),
        ("POST", f"{guest.path}/discount", {"code": "SAVE10"}),
        ("DELETE", f"{guest.path}/discount/SAVE10", None),
        ("POST", f"{guest.path}/contact", {"email": "eve@example.com", "consent": True}),
        ("DELETE", f"/api/cart/{guest.cart_id}/hold", None),
    ]

    answers = [
        await shop.client.request(
            method, path, json=body, headers={**shop.stranger(guest), "idempotency-key": "a-key-of-a-stranger"}
        )
        for method, path, body in calls
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "CART_NOT_FOUND")}
    async with shop.database.unit(shop.company_id) as unit:
        assert await unit.fetchval("SELECT count(*) FROM idempotency_keys") == 0
