"""Signing in with, and into, carts that hold stock (rules.md 11, 18): the hold follows at once after the merge."""

import asyncio
from typing import Any

import httpx
import pytest
from cart import errors
from cart.carts.use_cases import patience
from cart.holds.use_cases.resolve_changes import ChangeResolver
from contracts.cart import CartMerged
from servicekit.testing import poll, published

from ...holding import change_under_way, first_line, held_cart, mugs, set_line, set_mugs, transactions_of_cart
from ...shop import Guest, Shop
from ...stock_stub import Fault, Gate, StockStub
from ..test_sign_in_races import merge

KEYS = [{}, {"idempotency-key": "k-1"}]


async def customers_held_cart(shop: Shop) -> Guest:
    """A cart of two mugs that holds them and has become the customer's."""
    guest = await held_cart(shop)
    answer = await merge(shop, guest)
    assert answer.status_code == 200, answer.text
    return guest


@pytest.fixture
def met(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set as soon as somebody meets a change of a hold that is under way."""
    event, made = asyncio.Event(), errors.HoldChanging.__init__

    def note(self: errors.HoldChanging) -> None:
        made(self)
        event.set()

    monkeypatch.setattr(errors.HoldChanging, "__init__", note)
    return event


async def test_a_held_cart_that_becomes_the_customers_keeps_its_hold(shop: Shop, stock: StockStub) -> None:
    """Its lines are the same, so no stock has to move."""
    guest = await customers_held_cart(shop)

    assert stock.held(guest.cart_id) == mugs(shop, 2)
    assert stock.calls == ["place"]
    assert await change_under_way(shop, guest) is None


async def test_a_merge_into_a_cart_that_holds_is_held(shop: Shop, stock: StockStub, resolver: ChangeResolver) -> None:
    """The merge asks nothing of inventory; the job makes the hold fit the lines that the cart has then."""
    customers, guest = await customers_held_cart(shop), await shop.guest_cart({"mug": 5})

    answer = await merge(shop, guest)
    marked, calls = await change_under_way(shop, customers), list(stock.calls)
    await resolver.run()

    assert (answer.status_code, marked, calls) == (200, "PLACE", ["place"])
    assert stock.held(customers.cart_id) == mugs(shop, 5)
    assert await change_under_way(shop, customers) is None


async def test_a_merge_for_which_there_is_not_enough_holds_nothing(
    shop: Shop, stock: StockStub, resolver: ChangeResolver
) -> None:
    """The shopper is signed in all the same, and told at checkout."""
    await customers_held_cart(shop)
    guest = await shop.guest_cart({"mug": 5})
    stock.faults.append("refuse")

    await merge(shop, guest)
    await resolver.run()

    cart = (await shop.client.get("/api/cart", headers=shop.customer())).json()
    assert (cart["hold"]["status"], stock.held(cart["id"])) == ("RELEASED", {})
    assert [line["quantity"] for line in cart["items"]] == [5]


async def test_a_merge_that_changes_no_line_leaves_the_hold_alone(shop: Shop, stock: StockStub) -> None:
    """The customer's cart has the larger quantity already."""
    customers, guest = await customers_held_cart(shop), await shop.guest_cart({"mug": 1})

    await merge(shop, guest)

    assert await change_under_way(shop, customers) is None
    assert stock.calls == ["place"]


async def test_what_a_merged_cart_held_is_left_to_the_event(shop: Shop, stock: StockStub) -> None:
    """Inventory gives it back when CartMerged arrives; nothing is under way on a cart that is final."""
    await customers_held_cart(shop)
    guest = await held_cart(shop)

    await merge(shop, guest)

    merged = [it for it in await published(shop.database, CartMerged) if it.company_id == shop.company_id]
    assert [str(it.aggregate_id) for it in merged] == [guest.cart_id]
    assert await change_under_way(shop, guest) is None


@pytest.mark.parametrize("fault", ["lost before", "lost after"])
async def test_a_cart_that_is_merged_during_a_lost_change_of_its_hold_holds_nothing(
    shop: Shop, stock: StockStub, resolver: ChangeResolver, fault: Fault
) -> None:
    """The merge takes the change over, and no late call of before it counts any more."""
    await customers_held_cart(shop)
    guest = await held_cart(shop)
    stock.faults.append(fault)

    lost = await set_mugs(shop, guest, 4)
    answer = await merge(shop, guest)
    await resolver.run()

    assert (lost.status_code, answer.status_code) == (503, 200)
    assert stock.held(guest.cart_id) == {}
    assert await change_under_way(shop, guest) is None


@pytest.mark.parametrize("key", KEYS)
async def test_a_merge_waits_for_a_change_of_the_hold(
    shop: Shop, stock: StockStub, met: asyncio.Event, key: dict[str, str]
) -> None:
    """With an Idempotency-Key as without one, and without a transaction meanwhile."""
    await customers_held_cart(shop)
    guest = await held_cart(shop)
    changing, gate = await begun(shop, stock, guest)

    merging = asyncio.create_task(merge(shop, guest, **key))
    await met.wait()
    await poll(lambda: no_transaction(shop))
    gate.open()
    changed, merged = await asyncio.gather(changing, merging)

    assert (changed.status_code, merged.status_code) == (200, 200)
    assert [line["quantity"] for line in merged.json()["items"]] == [4]
    assert (await merge(shop, guest, **key)).json()["items"] == merged.json()["items"]


@pytest.mark.parametrize("key", KEYS)
async def test_a_merge_does_not_wait_for_ever(
    shop: Shop, stock: StockStub, monkeypatch: pytest.MonkeyPatch, key: dict[str, str]
) -> None:
    """It says when to come again, and keeps no refusal under its key."""
    await customers_held_cart(shop)
    guest = await held_cart(shop)
    changing, gate = await begun(shop, stock, guest)
    monkeypatch.setattr(patience, "WAIT_SECONDS", 0.0)

    refused = await merge(shop, guest, **key)
    gate.open()
    await changing
    again = await merge(shop, guest, **key)

    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (409, "CONFLICT", "1")
    assert again.status_code == 200


async def begun(shop: Shop, stock: StockStub, guest: Guest) -> tuple[asyncio.Future[httpx.Response], Gate]:
    """A change of the guest's held cart to four mugs that waits for inventory."""
    line = await first_line(shop, guest)
    gate: Any = Gate()
    stock.during = gate
    changing = asyncio.ensure_future(set_line(shop, guest, line, 4))
    await gate.reached()
    return changing, gate


async def no_transaction(shop: Shop) -> bool:
    """Whether none of the service is open."""
    return await transactions_of_cart(shop) == 0
