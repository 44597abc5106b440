"""An order's stock is committed before the order is made, once, and freed when it is not made (rules.md 20)."""

import asyncio
from datetime import UTC, datetime

import pytest
from cart.carts.persistence import carts
from cart.holds import repository
from cart.holds.domain import HoldRequest
from cart.holds.use_cases.resolve_changes import ChangeResolver
from cart.subscriptions import subscriptions
from contracts.envelope import RecordedEvent
from contracts.inventory import HoldExpired
from servicekit.db import TenantUnit
from servicekit.testing import deliver
from servicekit.testing.polling import poll

from ...holding import change_under_way, held_cart, hold, mugs, set_mugs
from ...shop import Guest, Shop
from ...stock_stub import Fault, StockStub
from ..test_ordering import order

LOST: list[Fault] = ["lost before", "lost after"]


def sold(stock: StockStub, guest: Guest) -> tuple[str, str | None, dict[str, int]]:
    """State, order and lines of what inventory has of this cart."""
    it = stock.holds[guest.cart_id]
    return it.status, it.order_id, it.lines


async def waiting_for_locks(shop: Shop) -> int:
    """How many sessions wait for a lock, as a transaction of its own sees it: one sees the same all its time."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with shop.database.unit(shop.company_id) as unit:
        return int(await unit.fetchval(waiting))


async def test_an_order_commits_its_stock_before_it_is_made(shop: Shop, stock: StockStub) -> None:
    """No message has to arrive for it."""
    guest = await held_cart(shop)

    answer = await order(shop, guest, "A-1")

    assert answer.status_code == 200
    assert sold(stock, guest) == ("COMMITTED", "A-1", mugs(shop, 2))
    assert (await shop.read(guest))["hold"]["status"] == "COMMITTED"


async def test_what_a_final_cart_held_cannot_be_released_or_held_again(shop: Shop, stock: StockStub) -> None:
    """Sold stock is not the shopper's to give back."""
    guest = await held_cart(shop)
    await order(shop, guest, "A-1")

    answers = [await hold(shop, guest, "DELETE"), await hold(shop, guest)]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(409, "CART_CONVERTED")] * 2
    assert sold(stock, guest) == ("COMMITTED", "A-1", mugs(shop, 2))


async def test_a_release_beside_an_order_frees_nothing_that_is_sold(shop: Shop, stock: StockStub) -> None:
    """Whoever is first; the order takes the stock again where it was given back."""
    guest = await held_cart(shop)

    ordered, released = await asyncio.gather(order(shop, guest, "A-1"), hold(shop, guest, "DELETE"))

    assert ordered.status_code == 200
    assert released.status_code in {200, 409}
    assert stock.held(guest.cart_id) == {}


async def test_ten_calls_of_one_order_commit_once(shop: Shop, stock: StockStub) -> None:
    """Every answer is the same."""
    guest = await held_cart(shop)

    answers = await asyncio.gather(*(order(shop, guest, "A-1") for _ in range(10)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert stock.calls.count("commit") == 1


async def test_an_order_is_not_judged_while_another_call_marks_it(
    shop: Shop, stock: StockStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Judging is undone, and the cart stays locked all the same until it is marked: here, when both calls are there."""
    guest, begin, marks = await held_cart(shop), repository.begin_change, list[str | None]()

    async def begin_when_both_are_there(unit: TenantUnit, request: HoldRequest, lease_seconds: float) -> int:
        marks.append(request.order_id)
        if len(marks) == 1:
            await poll(lambda: waiting_for_locks(shop), lambda count: count > 0 or len(marks) > 1)
        return await begin(unit, request, lease_seconds)

    monkeypatch.setattr(repository, "begin_change", begin_when_both_are_there)
    answers = await asyncio.gather(*(order(shop, guest, "A-1") for _ in range(2)))

    assert {answer.status_code for answer in answers} == {200}
    assert (marks, stock.calls.count("commit")) == (["A-1"], 1)


async def test_only_what_is_ordered_is_committed(shop: Shop, stock: StockStub) -> None:
    """The rest stays with the shopper in a new cart, which holds nothing."""
    guest = await held_cart(shop, 3)
    line = (await shop.read(guest))["items"][0]["id"]

    answer = await order(shop, guest, "A-1", lines=[{"lineId": line, "quantity": 2}])

    assert answer.status_code == 200
    assert sold(stock, guest) == ("COMMITTED", "A-1", mugs(shop, 2))


async def test_a_refused_order_moves_no_stock(shop: Shop, stock: StockStub) -> None:
    """Another total, and a line that the cart does not have."""
    guest = await held_cart(shop)
    line = (await shop.read(guest))["items"][0]["id"]

    answers = [
        await order(shop, guest, "A-1", expectedTotal=1),
        await order(shop, guest, "A-1", lines=[{"lineId": line, "quantity": 3}]),
    ]

    assert [answer.status_code for answer in answers] == [409, 404]
    assert stock.calls == ["place"]
    assert stock.held(guest.cart_id) == mugs(shop, 2)


async def test_an_order_whose_hold_is_over_takes_the_stock_again_or_is_refused(shop: Shop, stock: StockStub) -> None:
    """Nothing is captured for stock that is gone."""
    guest = await held_cart(shop)
    over = stock.holds[guest.cart_id]
    over.status = "EXPIRED"
    event = HoldExpired(cart_id=guest.cart_id, lines=())
    await deliver(
        subscriptions, RecordedEvent(event, shop.company_id, over.hold_id, 9, datetime.now(UTC)), shop.database
    )
    stock.faults.append("refuse")

    refused = await order(shop, guest, "A-1")
    status = (await shop.read(guest))["status"]
    again = await order(shop, guest, "A-1")

    assert (refused.status_code, refused.json()["code"], status) == (409, "INVENTORY_HOLD_FAILED", "ACTIVE")
    assert again.status_code == 200
    assert sold(stock, guest) == ("COMMITTED", "A-1", mugs(shop, 2))


async def test_a_cart_that_never_held_stock_is_ordered_without_inventory(shop: Shop, stock: StockStub) -> None:
    """Its stock is taken when the event arrives (rules.md 19)."""
    guest = await shop.guest_cart({"mug": 2})

    answer = await order(shop, guest, "A-1")

    assert (answer.status_code, stock.calls) == (200, [])


@pytest.mark.parametrize("fault", LOST)
async def test_an_order_without_an_answer_is_undone(
    shop: Shop, stock: StockStub, resolver: ChangeResolver, fault: Fault
) -> None:
    """It answers 503, no order is made, and its stock is not the order's."""
    guest = await held_cart(shop)
    stock.faults.append(fault)

    answer = await order(shop, guest, "A-1")
    await resolver.run()

    assert (answer.status_code, (await shop.read(guest))["status"]) == (503, "ACTIVE")
    assert stock.holds[guest.cart_id].status != "COMMITTED"
    assert await change_under_way(shop, guest) is None


@pytest.mark.parametrize("fault", LOST)
async def test_a_retry_of_an_order_takes_over(shop: Shop, stock: StockStub, fault: Fault) -> None:
    """Under its own name; any other change waits until the order is undone."""
    guest = await held_cart(shop)
    stock.faults.append(fault)
    await order(shop, guest, "A-1")

    other = await set_mugs(shop, guest, 3)
    retried = await order(shop, guest, "A-1")

    assert (other.status_code, retried.status_code) == (409, 200)
    assert sold(stock, guest) == ("COMMITTED", "A-1", mugs(shop, 2))


async def test_an_order_that_cannot_be_saved_is_undone(
    shop: Shop, stock: StockStub, resolver: ChangeResolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stock was committed, and then our own database failed."""
    guest, save, saves = await held_cart(shop), carts.save, []

    async def fail_the_second_time(*args: object) -> None:
        saves.append(args)
        if len(saves) == 2:
            monkeypatch.setattr(carts, "save", save)
            raise OSError("the database is gone")
        await save(*args)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(carts, "save", fail_the_second_time)
    answer = await order(shop, guest, "A-1")
    committed = sold(stock, guest)
    await resolver.run()

    assert (answer.status_code, committed) == (503, ("COMMITTED", "A-1", mugs(shop, 2)))
    assert stock.holds[guest.cart_id].status == "RELEASED"
    assert (await shop.read(guest))["status"] == "ACTIVE"


async def test_two_carts_under_one_order_id_sell_once(shop: Shop, stock: StockStub, resolver: ChangeResolver) -> None:
    """What the other had committed is freed."""
    guests = [await held_cart(shop) for _ in range(2)]

    answers = await asyncio.gather(*(order(shop, guest, "A-1") for guest in guests))
    await resolver.run()

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    ordered = [(await shop.read(guest))["status"] for guest in guests]
    for guest, status in zip(guests, ordered, strict=True):
        assert (stock.holds[guest.cart_id].status == "COMMITTED") == (status == "CONVERTED")
