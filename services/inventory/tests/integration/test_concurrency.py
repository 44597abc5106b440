"""Many at once: never oversold, never two outcomes, never a deadlock (rules.md 17)."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import asyncpg
import pytest
from inventory.errors import HoldFailed, HoldLimitReached
from servicekit.ids import new_id

from .shop import Shop

T = TypeVar("T")


async def outcomes(*attempts: Awaitable[T]) -> list[T | BaseException]:
    """Everything at once, and what became of each; a refusal is an outcome, anything else is raised."""
    results = await asyncio.gather(*attempts, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, HoldFailed | HoldLimitReached):
            raise result
    return results


async def test_two_hundred_shoppers_and_twenty_mugs(shop: Shop) -> None:
    """Exactly as many holds are granted as there is stock."""
    await shop.stocks("mug", 20)

    results = await outcomes(*(shop.holds({"mug": 1}, new_id()) for _ in range(200)))

    granted = [result for result in results if not isinstance(result, BaseException)]
    assert len(granted) == 20
    assert await shop.counts("mug") == (20, 20)
    assert await shop.published_availability("mug") == list(range(20, -1, -1))


async def test_uneven_quantities_never_oversell(shop: Shop) -> None:
    """Quantities of one to seven over two SKUs: what is held is what was granted, and within stock."""
    await shop.stocks("mug", 40)
    await shop.stocks("cup", 60)
    wishes = [{"mug": 1 + number % 7, "cup": 1 + number % 5} for number in range(60)]

    results = await outcomes(*(shop.holds(wish, new_id()) for wish in wishes))

    granted = [wish for wish, result in zip(wishes, results, strict=True) if not isinstance(result, BaseException)]
    assert granted
    assert await shop.counts("mug") == (40, sum(wish["mug"] for wish in granted))
    assert await shop.counts("cup") == (60, sum(wish["cup"] for wish in granted))
    assert sum(wish["mug"] for wish in granted) <= 40


async def test_opposite_orders_do_not_deadlock(shop: Shop) -> None:
    """Carts that name two SKUs in opposite orders, releases and sweeps among them, all come to an end."""
    await shop.stocks("mug", 1000)
    await shop.stocks("cup", 1000)
    carts = [new_id() for _ in range(60)]

    async def shopper(number: int) -> None:
        there, back = {"mug": 1, "cup": 2}, {"cup": 2, "mug": 1}
        await shop.holds(there if number % 2 else back, carts[number])
        if number % 3 == 0:
            await shop.releases(carts[number])
        elif number % 3 == 1:
            await shop.sells(carts[number], {"cup": 3, "mug": 2})
        else:
            await shop.runs_out(carts[number])
            await shop.sweeps()

    await outcomes(*(shopper(number) for number in range(60)))

    await shop.sweeps()
    assert await shop.counts("mug") == (960, 0)
    assert await shop.counts("cup") == (940, 0)


async def test_many_requests_of_one_cart_hold_once(shop: Shop) -> None:
    """Parallel calls for one cart end with one hold, of one of the quantities asked for."""
    await shop.stocks("mug", 50)
    cart = new_id()

    await outcomes(*(shop.holds({"mug": 1 + number % 3}, cart, owner=f"tab {number}") for number in range(20)))

    state = await shop.held_for(cart)
    assert state.status == "ACTIVE"
    assert await shop.counts("mug") == (50, state.lines[0].quantity)


async def test_the_limit_of_an_owner_is_exact(shop: Shop) -> None:
    """Twenty carts of one owner at once: five holds."""
    await shop.stocks("mug", 50)

    results = await outcomes(*(shop.holds({"mug": 1}, new_id(), owner="ada") for _ in range(20)))

    assert sum(not isinstance(result, BaseException) for result in results) == 5
    assert await shop.counts("mug") == (50, 5)


@pytest.mark.parametrize("rounds", [100])
async def test_expiry_against_conversion(shop: Shop, rounds: int) -> None:
    """A hold that falls due as its order arrives ends once, and the ordered stock leaves the shelf once."""
    await shop.stocks("mug", 2 * rounds)
    for _ in range(rounds):
        cart = new_id()
        await shop.holds({"mug": 1}, cart)
        await outcomes(shop.runs_out_and_is_swept(cart), shop.sells(cart, {"mug": 1}), shop.sweeps())
        assert (await shop.held_for(cart)).status in ("COMMITTED", "EXPIRED")

    assert await shop.counts("mug") == (rounds, 0)


async def test_the_database_itself_refuses_negative_holds(shop: Shop) -> None:
    """The guard behind the guard: no statement can bring the held counter below zero."""
    await shop.stocks("mug", 5)

    with pytest.raises(asyncpg.CheckViolationError):
        async with shop.database.unit(shop.company_id) as unit:
            await unit.execute("UPDATE stock_levels SET held = -1 WHERE company_id = $1", shop.company_id)
