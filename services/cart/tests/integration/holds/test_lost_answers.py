"""Inventory's answer is lost: whether or not it did what was requested, hold and cart fit again (rules.md 18)."""

from typing import Any
from uuid import UUID

import pytest
from cart.carts.persistence import carts
from cart.carts.use_cases.run_timers import EXPIRY, DueCarts
from cart.holds.use_cases.change_hold import HoldChanger
from cart.holds.use_cases.resolve_changes import ChangeResolver
from cart.rules.service import CompiledRulesCache

from ...holding import change_under_way, held_cart, hold, mugs, set_mugs
from ...shop import Guest, Shop
from ...stock_stub import Fault, StockStub

LOST: list[Fault] = ["lost before", "lost after"]


async def leave_unfinished(shop: Shop, guest: Guest, kind: str, seconds: int) -> None:
    """Mark a change as a process does that is killed before it calls; its lease is over in so many seconds."""
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute(
            "UPDATE carts SET hold_fence = hold_fence + 1, hold_change = $2,"
            " hold_change_until = now() + make_interval(secs => $3) WHERE id = $1",
            UUID(guest.cart_id),
            kind,
            seconds,
        )


@pytest.mark.parametrize("fault", LOST)
async def test_a_change_without_an_answer_is_not_made(
    shop: Shop, stock: StockStub, resolver: ChangeResolver, fault: Fault
) -> None:
    """It answers 503, and the hold is the cart's again once it is resolved."""
    guest = await held_cart(shop)
    stock.faults.append(fault)

    answer = await set_mugs(shop, guest, 5)
    resolved = await resolver.run()

    assert (answer.status_code, resolved) == (503, 1)
    assert await shop.lines(guest.headers) == {"mug": 2}
    assert stock.held(guest.cart_id) == mugs(shop, 2)
    assert await change_under_way(shop, guest) is None


@pytest.mark.parametrize("fault", LOST)
async def test_the_next_change_takes_over(shop: Shop, stock: StockStub, resolver: ChangeResolver, fault: Fault) -> None:
    """Nobody has to wait for the job."""
    guest = await held_cart(shop)
    stock.faults.append(fault)
    await set_mugs(shop, guest, 5)

    again = await set_mugs(shop, guest, 6)

    assert again.status_code == 200
    assert stock.held(guest.cart_id) == mugs(shop, 6)
    assert await resolver.run() == 0


async def test_a_refusal_after_a_lost_answer_leaves_the_hold_to_be_resolved(
    shop: Shop, stock: StockStub, resolver: ChangeResolver
) -> None:
    """The first change was done over there, the second refused: the hold is neither's, but the cart's."""
    guest = await held_cart(shop)
    stock.faults.extend(["lost after", "refuse"])

    answers = [await set_mugs(shop, guest, 5), await set_mugs(shop, guest, 9)]
    await resolver.run()

    assert [answer.status_code for answer in answers] == [503, 409]
    assert stock.held(guest.cart_id) == mugs(shop, 2)
    assert await change_under_way(shop, guest) is None


@pytest.mark.parametrize("fault", LOST)
async def test_a_first_hold_without_an_answer_is_given_back(
    shop: Shop, stock: StockStub, resolver: ChangeResolver, fault: Fault
) -> None:
    """Meanwhile the cart, which holds nothing as far as it knows, can be changed without inventory."""
    guest = await shop.guest_cart({"mug": 2})
    stock.faults.extend([fault, "lost before"])

    placed = await hold(shop, guest)
    changed = await set_mugs(shop, guest, 4)
    calls = list(stock.calls)
    stock.faults.clear()
    await resolver.run()

    assert (placed.status_code, changed.status_code, calls) == (503, 200, ["place"])
    assert stock.held(guest.cart_id) == {}
    assert await change_under_way(shop, guest) is None


async def test_what_cannot_be_held_any_more_is_given_back(
    shop: Shop, stock: StockStub, resolver: ChangeResolver
) -> None:
    """The stock for the cart's lines was sold to somebody else meanwhile."""
    guest = await held_cart(shop)
    stock.faults.extend(["lost after", "refuse"])

    await set_mugs(shop, guest, 1)
    await resolver.run()

    cart = await shop.read(guest)
    assert (stock.held(guest.cart_id), cart["hold"]["status"]) == ({}, "RELEASED")
    assert await change_under_way(shop, guest) is None


async def test_a_race_that_is_lost_over_there_takes_nobody_their_stock(
    shop: Shop, stock: StockStub, resolver: ChangeResolver
) -> None:
    """Others had the same stock locked for too long: the cart keeps what it holds, and has its turn again."""
    guest = await held_cart(shop)
    stock.faults.extend(["lost before", "lose a race"])
    await set_mugs(shop, guest, 5)

    lost, kept = await resolver.run(), stock.held(guest.cart_id)
    won = await resolver.run()

    assert (lost, won) == (0, 1)
    assert kept == stock.held(guest.cart_id) == mugs(shop, 2)
    assert (await shop.read(guest))["hold"]["status"] == "ACTIVE"
    assert await change_under_way(shop, guest) is None


async def test_one_cart_that_cannot_be_resolved_is_in_nobodys_way(
    shop: Shop, stock: StockStub, resolver: ChangeResolver
) -> None:
    """What fails for the oldest, as nothing that is known does, takes no other cart's turn away."""
    stuck, other = await held_cart(shop), await held_cart(shop)
    stock.faults.extend(["lost before", "lost before"])
    await set_mugs(shop, stuck, 5)
    await set_mugs(shop, other, 5)

    run = resolver.changer.run
    tried: list[UUID] = []

    class Failing(HoldChanger):
        """Fails for the first cart that it is given."""

        async def run(self, company_id: UUID, change: Any) -> Any:
            tried.append(change.cart_id)
            if len(tried) == 1:
                raise RuntimeError("nobody knows this")
            return await run(company_id, change)

    failing = Failing(resolver.changer.database, resolver.changer.stock)
    resolved = await ChangeResolver(resolver.database, failing).run()

    assert (resolved, len(tried)) == (1, 2)
    assert await resolver.run() == 1


async def test_what_nobody_answers_stays_to_be_resolved(shop: Shop, stock: StockStub, resolver: ChangeResolver) -> None:
    """Inventory is away for longer; another run finds it again."""
    guest = await held_cart(shop)
    stock.faults.extend(["lost after", "lost after"])
    await set_mugs(shop, guest, 5)

    runs = [await resolver.run(), await resolver.run(dry_run=True), await resolver.run()]

    assert runs == [0, 1, 1]
    assert stock.held(guest.cart_id) == mugs(shop, 2)


async def test_a_change_under_way_is_left_alone_until_its_lease_is_over(
    shop: Shop, stock: StockStub, resolver: ChangeResolver
) -> None:
    """A process was killed between marking and calling; nobody else moves the cart's stock before its time."""
    guest = await held_cart(shop)
    await leave_unfinished(shop, guest, "PLACE", seconds=60)

    early = await resolver.run()
    await leave_unfinished(shop, guest, "PLACE", seconds=0)
    late = await resolver.run()

    assert (early, late) == (0, 1)
    assert stock.held(guest.cart_id) == mugs(shop, 2)


async def test_timers_pass_over_a_cart_whose_hold_is_being_changed(shop: Shop) -> None:
    """It is looked at again once that is over."""
    guest = await held_cart(shop)
    due = DueCarts(shop.database, CompiledRulesCache())
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE carts SET last_activity_at = now() - interval '99 days', expiry_check_at = now()")
    await leave_unfinished(shop, guest, "PLACE", seconds=60)

    passed_over = (await shop.read(guest))["status"], await due.run(EXPIRY)
    await leave_unfinished(shop, guest, "PLACE", seconds=0)
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE carts SET hold_change = NULL WHERE id = $1", UUID(guest.cart_id))

    assert passed_over == ("ACTIVE", 0)
    assert await due.run(EXPIRY) == 1


async def test_a_change_that_was_taken_over_is_not_made(
    shop: Shop, stock: StockStub, resolver: ChangeResolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took longer than its lease: the hold was made to fit meanwhile, and its own call counts no more."""
    guest = await held_cart(shop)

    async def taken_over() -> None:
        stock.during = None
        async with shop.database.unit(shop.company_id) as unit:
            await unit.execute("UPDATE carts SET hold_change_until = now() WHERE id = $1", UUID(guest.cart_id))
        assert await resolver.run() == 1

    stock.during = taken_over
    answer = await set_mugs(shop, guest, 5)

    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    assert await shop.lines(guest.headers) == {"mug": 2}
    assert stock.held(guest.cart_id) == mugs(shop, 2)


async def test_a_change_that_cannot_be_saved_is_undone(
    shop: Shop, stock: StockStub, resolver: ChangeResolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stock was taken, and then our own database failed."""
    guest, save = await held_cart(shop), carts.save

    async def fail(*args: object) -> None:
        monkeypatch.setattr(carts, "save", save)
        raise OSError("the database is gone")

    monkeypatch.setattr(carts, "save", fail)
    answer = await set_mugs(shop, guest, 5)
    held_between = stock.held(guest.cart_id)
    await resolver.run()

    assert (answer.status_code, held_between) == (503, mugs(shop, 5))
    assert await shop.lines(guest.headers) == {"mug": 2}
    assert stock.held(guest.cart_id) == mugs(shop, 2)
