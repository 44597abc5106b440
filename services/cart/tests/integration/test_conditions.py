"""If-Match and Idempotency-Key on a cart's changes (rules.md 9, 10)."""

import asyncio
from collections import Counter

import pytest

from ..shop import Shop


async def test_of_many_writers_with_one_etag_one_wins(shop: Shop) -> None:
    """Twenty changes of the same version: one is made, the others are 412 and change nothing."""
    guest = await shop.guest_cart({"mug": 1})
    version = (await shop.read(guest))["version"]

    answers = await asyncio.gather(*(shop.add(guest, "mug", 1, **{"If-Match": f'"{version}"'}) for _ in range(20)))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 19}
    assert await shop.lines(guest.headers) == {"mug": 2}


async def test_one_key_has_one_effect_and_identical_answers(shop: Shop) -> None:
    """Twenty parallel adds under one Idempotency-Key add once; every replay is the first answer to the byte."""
    guest = await shop.guest_cart()

    answers = await asyncio.gather(*(shop.add(guest, "mug", 1, **{"Idempotency-Key": "once"}) for _ in range(20)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Counter(answer.headers.get("idempotent-replayed") for answer in answers) == {None: 1, "true": 19}
    assert await shop.lines(guest.headers) == {"mug": 1}


async def test_a_key_is_for_one_request_only(shop: Shop) -> None:
    """A key that was used with another body is refused, and nothing changes."""
    guest = await shop.guest_cart()
    await shop.add(guest, "mug", 1, **{"Idempotency-Key": "mine"})

    other = await shop.add(guest, "mug", 2, **{"Idempotency-Key": "mine"})

    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert await shop.lines(guest.headers) == {"mug": 1}


async def test_a_refusal_is_replayed_even_when_it_would_now_succeed(shop: Shop) -> None:
    """The first answer stands for 24 hours, a refusal too."""
    await shop.stock("rare", price=900, available=1)
    guest = await shop.guest_cart()
    refused = await shop.add(guest, "rare", 2, **{"Idempotency-Key": "two-rare-ones"})
    await shop.stock("rare", price=900, available=5)

    again = await shop.add(guest, "rare", 2, **{"Idempotency-Key": "two-rare-ones"})

    assert (refused.status_code, refused.json()["code"], refused.json()["available"]) == (409, "INSUFFICIENT_STOCK", 1)
    assert again.content == refused.content
    assert again.headers["idempotent-replayed"] == "true"


async def test_a_replayed_creation_tells_the_same_token(shop: Shop) -> None:
    """Who did not get the first answer still gets the only token there is (rules.md 10)."""
    headers = {**shop.anybody(), "Idempotency-Key": "a-key-long-enough-for-strangers"}

    first = await shop.client.post("/api/public/cart", json={"currency": "USD"}, headers=headers)
    again = await shop.client.post("/api/public/cart", json={"currency": "USD"}, headers=headers)

    assert first.status_code == again.status_code == 201
    assert first.content == again.content


@pytest.mark.parametrize("tag", ["soon", '"-1"', '"1.5"'])
async def test_a_tag_that_can_be_no_version_matches_nothing(shop: Shop, tag: str) -> None:
    """An unreadable If-Match is a precondition that fails."""
    guest = await shop.guest_cart({"mug": 1})

    refused = await shop.add(guest, "mug", 1, **{"If-Match": tag})

    assert refused.status_code == 412


async def test_a_call_of_an_upstream_is_answered_once_per_key_and_its_absence_is_not_kept(shop: Shop) -> None:
    """A refused hold is replayed without a call; a 503 is no answer, so the key is still free."""
    guest = await shop.guest_cart()
    path = f"/api/cart/{guest.cart_id}/hold"
    refused = await shop.client.post(path, headers={**guest.headers, "Idempotency-Key": "empty"})
    await shop.add(guest, "mug")

    again = await shop.client.post(path, headers={**guest.headers, "Idempotency-Key": "empty"})
    away = await shop.client.post(path, headers={**guest.headers, "Idempotency-Key": "away"})
    other = await shop.client.delete(path, headers={**guest.headers, "Idempotency-Key": "empty"})

    assert (refused.status_code, refused.json()["code"]) == (409, "CART_EMPTY")
    assert (again.content, again.headers["idempotent-replayed"]) == (refused.content, "true")
    assert (away.status_code, "idempotent-replayed" in away.headers) == (503, False)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
