"""A checkout freezes its cart: lines and prices stay until it thaws, or its time is over (rules.md 14)."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cart.carts.persistence import freezes
from cart.main import create_app
from cart.settings import CartSettings
from servicekit.auth.service_tokens import mint_service_token
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import FixedClock
from servicekit.testing.http import client_of
from servicekit.testing.polling import poll
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

from ..shop import Guest, Shop
from ..timers import Time
from .test_ordering import order
from .test_waiting_rules import discounts, publish

FROZEN = (409, "CART_FROZEN")


async def freeze(shop: Shop, guest: Guest, checkout: str = "C-1", seconds: int = 900) -> httpx.Response:
    """What a checkout requests when it begins, and again while the shopper is at it."""
    return await _call(shop, guest, "freeze", {"checkoutId": checkout, "seconds": seconds})


async def thaw(shop: Shop, guest: Guest, checkout: str = "C-1") -> httpx.Response:
    """What a checkout requests that ends without an order."""
    return await _call(shop, guest, "thaw", {"checkoutId": checkout})


async def _call(shop: Shop, guest: Guest, verb: str, body: dict[str, Any]) -> httpx.Response:
    token = mint_service_token(SERVICE_TOKEN_SECRET, "checkout")
    headers = {"authorization": f"Bearer {token}", "x-company-id": str(shop.company_id)}
    return await shop.client.post(f"/internal/carts/{guest.cart_id}/{verb}", json=body, headers=headers)


def said(answer: httpx.Response) -> tuple[int, str | None]:
    """Status and code."""
    return answer.status_code, answer.json().get("code")


async def test_a_frozen_cart_refuses_every_change(shop: Shop) -> None:
    """Its lines, codes, contact and owner stay; the answer says until when, and reading goes on."""
    guest = await shop.guest_cart({"mug": 2})
    item = (await shop.read(guest))["items"][0]["id"]

    frozen = await freeze(shop, guest)
    call, headers = shop.client, guest.headers
    answers = [
        await shop.add(guest, "mug", 1),
        await call.patch(f"{guest.path}/items/{item}", json={"quantity": 1}, headers=headers),
        await call.delete(f"{guest.path}/items/{item}", headers=headers),
        await call.post(f"{guest.path}/discount", json={"code": "SAVE10"}, headers=headers),
        await call.delete(f"{guest.path}/discount/SAVE10", headers=headers),
        await call.post(f"{guest.path}/contact", json={"email": "a@example.org", "consent": True}, headers=headers),
        await call.put(f"{guest.path}/address", json={"country": "US"}, headers=headers),
        await call.delete(f"{guest.path}/address", headers=headers),
        await call.delete(f"{guest.path}/shipping-option", headers=headers),
        await call.post("/api/cart/merge", json={"sessionToken": guest.token}, headers=shop.customer()),
    ]

    assert [said(answer) for answer in answers] == [FROZEN] * len(answers)
    until = frozen.json()["frozenUntil"]
    assert until is not None
    assert {answer.json()["frozenUntil"].replace("+00:00", "Z") for answer in answers} == {until}
    assert 0 < int(answers[0].headers["retry-after"]) <= 900
    assert (await shop.read(guest))["frozenUntil"] == until
    assert await shop.lines(guest.headers) == {"mug": 2}


async def test_a_cart_thaws_for_its_own_checkout_only(shop: Shop) -> None:
    """Thawing again, or what is not frozen, changes nothing."""
    guest = await shop.guest_cart({"mug": 2})
    await freeze(shop, guest)

    others = [await thaw(shop, guest, "C-2"), await freeze(shop, guest, "C-2")]
    thawed = await thaw(shop, guest)
    again = await thaw(shop, guest)

    assert [said(answer) for answer in others] == [FROZEN] * 2
    assert thawed.json()["frozenUntil"] is None
    assert again.content == thawed.content
    assert said(await shop.add(guest, "mug", 1)) == (200, None)


async def test_a_cart_thaws_by_itself(shop: Shop) -> None:
    """A checkout that was killed leaves a cart that can be changed once its time is over."""
    guest = await shop.guest_cart({"mug": 2})
    await freeze(shop, guest, seconds=1)

    async def is_changed() -> bool:
        return (await shop.add(guest, "mug", 1)).status_code == 200

    await poll(is_changed)
    assert (await shop.read(guest))["frozenUntil"] is None
    assert said(await freeze(shop, guest, "C-2")) == (200, None)


async def test_prices_are_those_of_the_frozen_moment(shop: Shop) -> None:
    """What pricing publishes meanwhile counts once it has thawed; the same checkout again keeps its prices."""
    guest = await shop.guest_cart({"mug": 2})
    await publish(shop, 1, 10)

    first = await freeze(shop, guest)
    await publish(shop, 2, 50)
    again = await freeze(shop, guest, seconds=1800)
    frozen = await discounts(shop, guest)
    await thaw(shop, guest)

    assert first.json()["totals"]["total"] == again.json()["totals"]["total"] == 2250
    assert first.json()["frozenAt"] == again.json()["frozenAt"]
    assert first.json()["frozenUntil"] < again.json()["frozenUntil"]
    assert frozen == ("10 percent",)
    assert await discounts(shop, guest) == ("50 percent",)


async def test_an_order_is_made_at_the_frozen_prices(shop: Shop) -> None:
    """What the shopper saw is what is charged and shown for ever, whatever the rules are by then."""
    guest = await shop.guest_cart({"mug": 2})
    await publish(shop, 1, 10)
    await freeze(shop, guest)
    await publish(shop, 2, 50)

    ordered = await order(shop, guest, "A-1", expectedTotal=2250)
    seen = await shop.read(guest)

    assert ordered.status_code == 200, ordered.text
    assert (seen["status"], seen["totals"]["total"], seen["frozenUntil"]) == ("CONVERTED", 2250, None)
    assert said(await freeze(shop, guest)) == (409, "CART_CONVERTED")
    assert said(await thaw(shop, guest)) == (200, None)


@pytest.fixture
async def timed(settings: CartSettings, database: Database, clock: FixedClock) -> AsyncGenerator[Shop]:
    """A shop whose carts are abandoned after a minute, by a clock that is moved by hand."""
    async with client_of(create_app(settings, clock)) as client:
        yield await Shop.open(client, database, abandonmentSeconds=60)


async def test_a_frozen_cart_is_not_abandoned(timed: Shop, time: Time) -> None:
    """Until its time is over; then it is idle since the checkout began."""
    guest = await timed.guest_cart({"mug": 2})
    await freeze(timed, guest, seconds=7200)

    await time.passes(timedelta(minutes=90))
    during = (await timed.read(guest))["status"]
    await time.passes(timedelta(minutes=30))

    assert during == "ACTIVE"
    assert (await timed.read(guest))["status"] == "ABANDONED"


async def test_a_checkout_ends_an_abandonment(timed: Shop, time: Time) -> None:
    """Nobody is to be written to about a cart that is being ordered; beginning to order it is activity."""
    guest = await timed.guest_cart({"mug": 2})
    await time.passes(timedelta(minutes=1))
    before = (await timed.read(guest))["status"]

    await freeze(timed, guest, seconds=1)
    await time.passes(timedelta(seconds=59))
    during = (await timed.read(guest))["status"]
    await time.passes(timedelta(seconds=1))

    assert (before, during) == ("ABANDONED", "ACTIVE")
    assert (await timed.read(guest))["status"] == "ABANDONED"


@pytest.mark.parametrize("seconds", [0, 7201])
async def test_a_freeze_is_bounded(shop: Shop, seconds: int) -> None:
    """No longer than two hours; and there is something to order."""
    guest, empty = await shop.guest_cart({"mug": 1}), await shop.guest_cart()

    assert said(await freeze(shop, guest, seconds=seconds)) == (422, "VALIDATION_FAILED")
    assert said(await freeze(shop, empty)) == (409, "CART_EMPTY")
    nobody = Guest(str(new_id()), "", {})
    assert said(await freeze(shop, nobody)) == said(await thaw(shop, nobody)) == (404, "CART_NOT_FOUND")


async def test_adds_beside_a_freeze_are_in_it_or_refused(shop: Shop) -> None:
    """Whatever was accepted is in the cart that was frozen; nothing comes after."""
    for _ in range(5):
        guest = await shop.guest_cart({"mug": 1})

        frozen, *adds = await asyncio.gather(
            freeze(shop, guest), *(shop.add(guest, "mug", 1) for _ in range(6)), return_exceptions=False
        )

        accepted = [add for add in adds if add.status_code == 200]
        cart = await shop.read(guest)
        assert {said(add) for add in adds} <= {(200, None), FROZEN}
        assert frozen.status_code == 200
        assert frozen.json()["totals"]["itemCount"] == cart["totals"]["itemCount"] == 1 + len(accepted)
        assert frozen.json()["version"] == cart["version"]


async def test_of_checkouts_at_once_one_gets_the_cart(shop: Shop) -> None:
    """The others are told that it is being ordered; the one may repeat itself at any concurrency."""
    guest = await shop.guest_cart({"mug": 2})

    answers = await asyncio.gather(*(freeze(shop, guest, f"C-{number}") for number in range(6)))
    winner = next(number for number, answer in enumerate(answers) if answer.status_code == 200)
    repeated = await asyncio.gather(*(freeze(shop, guest, f"C-{winner}") for _ in range(6)))

    assert sorted(said(answer) for answer in answers) == [(200, None), *[FROZEN] * 5]
    assert {answer.status_code for answer in repeated} == {200}
    assert {answer.json()["frozenAt"] for answer in repeated} == {answers[winner].json()["frozenAt"]}


async def test_a_freeze_beside_a_sign_in_or_an_order_is_before_or_after_it(shop: Shop) -> None:
    """Each of the two sees what the other did, or is refused for it."""
    for number in range(4):
        guest, buyer = await shop.guest_cart({"mug": 1}), await shop.guest_cart({"mug": 1})
        body, customer = {"sessionToken": guest.token}, shop.customer(f"ada-{number}")

        merged, frozen, ordered, of_buyer = await asyncio.gather(
            shop.client.post("/api/cart/merge", json=body, headers=customer),
            freeze(shop, guest),
            order(shop, buyer, f"A-{number}"),
            freeze(shop, buyer),
        )

        assert said(merged) in {(200, None), FROZEN}
        assert frozen.status_code == 200  # the customer had no cart, so the guest's is theirs
        assert ordered.status_code == 200
        assert said(of_buyer) in {(200, None), (409, "CART_CONVERTED")}


async def test_a_freeze_that_is_cut_off_has_changed_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between its statements it leaves the cart as it was."""
    guest = await shop.guest_cart({"mug": 1})
    before = await shop.read(guest)

    async def killed(*_: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as patched:
        patched.setattr(freezes, "keep", killed)
        cut = await freeze(shop, guest)

    assert cut.status_code == 503
    assert await shop.read(guest) == before
