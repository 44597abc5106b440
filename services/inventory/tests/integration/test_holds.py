"""Placing, replacing, extending and ending holds (rules.md 17-18)."""

from datetime import timedelta

import pytest
from contracts.inventory import HoldEvent, HoldExpired, HoldPlaced, HoldReleased
from inventory.errors import HoldFailed, HoldLimitReached, HoldNotFound, HoldOver, ProductNotFound
from inventory.holds.domain import HoldPolicy
from inventory.holds.use_cases import release_hold
from servicekit.ids import new_id
from servicekit.testing import published

from .shop import POLICY, Shop

SHORT = HoldPolicy(duration=timedelta(minutes=15), maximum=timedelta(minutes=20), per_owner=5)


async def hold_events(shop: Shop) -> list[HoldEvent]:
    """Every hold event of the shop, in the order of publishing."""
    events = await published(shop.database, HoldPlaced, HoldReleased, HoldExpired)
    return [event.data for event in events if event.company_id == shop.company_id and isinstance(event.data, HoldEvent)]


async def test_a_hold_takes_stock_and_publishes_that(shop: Shop) -> None:
    """What is held can no longer be sold to others, and both events are published."""
    await shop.stocks("mug", 10)
    cart = new_id()

    placed = await shop.holds({"mug": 3}, cart)

    assert placed.is_new
    assert placed.state.status == "ACTIVE"
    assert 0 < placed.state.seconds_left <= 900
    assert [(line.sku, line.quantity) for line in placed.state.lines] == [("mug", 3)]
    assert await shop.counts("mug") == (10, 3)
    assert await shop.published_availability("mug") == [10, 7]
    (event,) = await hold_events(shop)
    assert isinstance(event, HoldPlaced)
    assert event.cart_id == cart
    assert [(line.sku, line.quantity) for line in event.lines] == [("mug", 3)]
    assert event.expires_at == placed.state.expires_at


async def test_a_hold_is_all_or_nothing(shop: Shop) -> None:
    """One short line refuses the whole cart, names what is left, and nothing was taken."""
    await shop.stocks("mug", 10)
    await shop.stocks("cup", 2)

    with pytest.raises(HoldFailed) as refusal:
        await shop.holds({"mug": 3, "cup": 5}, new_id())

    assert refusal.value.extra["lines"] == [{"sku": "cup", "requested": 5, "available": 2}]
    assert await shop.counts("mug") == (10, 0)
    assert await shop.published_availability("mug") == [10]
    assert await hold_events(shop) == []


async def test_the_same_hold_again_changes_nothing(shop: Shop) -> None:
    """A retried call answers the open hold; nothing is taken or published twice (rules.md 18)."""
    await shop.stocks("mug", 10)
    cart = new_id()
    first = await shop.holds({"mug": 3}, cart)

    again = await shop.holds({"mug": 3}, cart)

    assert not again.is_new
    assert again.state.hold_id == first.state.hold_id
    assert again.state.expires_at == first.state.expires_at
    assert await shop.counts("mug") == (10, 3)
    assert len(await hold_events(shop)) == 1


async def test_a_hold_is_replaced_in_one_go(shop: Shop) -> None:
    """New quantities replace old ones, more here, less there, one gone, one new; what the cart has counts as free."""
    for sku in ("mug", "cup", "jar", "pot"):
        await shop.stocks(sku, 5)
    cart = new_id()
    first = await shop.holds({"mug": 2, "cup": 4, "jar": 1}, cart)

    replaced = await shop.holds({"mug": 5, "cup": 1, "pot": 2}, cart)

    assert not replaced.is_new
    assert replaced.state.hold_id == first.state.hold_id
    assert {line.sku: line.quantity for line in replaced.state.lines} == {"mug": 5, "cup": 1, "pot": 2}
    assert [await shop.counts(sku) for sku in ("mug", "cup", "jar", "pot")] == [(5, 5), (5, 1), (5, 0), (5, 2)]
    assert await shop.published_availability("jar") == [5, 4, 5]
    assert [len(event.lines) for event in await hold_events(shop)] == [3, 3]


async def test_a_refused_replacement_keeps_the_hold(shop: Shop) -> None:
    """When the new quantities cannot be had, the cart keeps what it holds."""
    await shop.stocks("mug", 5)
    cart = new_id()
    await shop.holds({"mug": 2}, cart)

    with pytest.raises(HoldFailed) as refusal:
        await shop.holds({"mug": 6}, cart)

    assert refusal.value.extra["lines"] == [{"sku": "mug", "requested": 6, "available": 5}]
    assert (await shop.held_for(cart)).lines[0].quantity == 2
    assert await shop.counts("mug") == (5, 2)


async def test_backorderable_and_untracked_variants_are_exempt(shop: Shop) -> None:
    """A backorderable variant may go below zero, an untracked one is not counted at all (rules.md 19)."""
    await shop.stocks("poster", 1, backorderable=True)
    await shop.stocks("ebook", 0, tracked=False)
    cart = new_id()

    placed = await shop.holds({"poster": 4, "ebook": 9}, cart)
    held = await shop.counts("poster"), await shop.counts("ebook")
    await shop.releases(cart)

    assert {line.sku: line.quantity for line in placed.state.lines} == {"poster": 4, "ebook": 9}
    assert held == ((1, 4), (0, 0))
    assert await shop.published_availability("poster") == [1, -3, 1]
    assert await shop.counts("ebook") == (0, 0)


async def test_safety_stock_is_not_sold(shop: Shop) -> None:
    """What is set aside as safety stock is not available (rules.md 17)."""
    await shop.stocks("mug", 5)
    await shop.adjusts("mug", safety=3)

    with pytest.raises(HoldFailed) as refusal:
        await shop.holds({"mug": 3}, new_id())

    assert refusal.value.extra["lines"] == [{"sku": "mug", "requested": 3, "available": 2}]


async def test_several_warehouses_fill_one_hold(shop: Shop) -> None:
    """A hold takes from warehouses in the order of priority, and gives back where it took (rules.md 19)."""
    await shop.stocks("mug", 2)
    near, far = await shop.opens("near", priority=1), await shop.opens("far", priority=2)
    await shop.adjusts("mug", on_hand=3, warehouse=near)
    await shop.adjusts("mug", on_hand=4, warehouse=far)
    cart = new_id()

    await shop.holds({"mug": 7}, cart)
    held = await shop.counts_by_warehouse("mug")
    await shop.holds({"mug": 4}, cart)
    fewer = await shop.counts_by_warehouse("mug")
    await shop.releases(cart)

    assert held == [(2, 2), (3, 3), (4, 2)]
    assert fewer == [(2, 2), (3, 2), (4, 0)]
    assert await shop.counts_by_warehouse("mug") == [(2, 0), (3, 0), (4, 0)]
    assert await shop.published_availability("mug") == [2, 5, 9, 2, 5, 9]


async def test_an_inactive_product_cannot_be_held(shop: Shop) -> None:
    """What is off sale has nothing left for anybody."""
    await shop.stocks("mug", 5)
    await shop.takes_off_sale("mug")

    with pytest.raises(HoldFailed) as refusal:
        await shop.holds({"mug": 1}, new_id())

    assert refusal.value.extra["lines"] == [{"sku": "mug", "requested": 1, "available": 0}]


async def test_an_unknown_variant_is_not_found(shop: Shop) -> None:
    """A variant that is nobody's, or another company's, does not exist (rules.md 34)."""
    shop.variants["ghost"] = new_id()

    with pytest.raises(ProductNotFound):
        await shop.holds({"ghost": 1}, new_id())


async def test_an_owner_holds_for_few_carts_at_once(shop: Shop) -> None:
    """The sixth open hold of one owner is refused, until one of the five ends (rules.md 18)."""
    await shop.stocks("mug", 50)
    carts = [new_id() for _ in range(5)]
    for cart in carts:
        await shop.holds({"mug": 1}, cart, owner="ada")

    with pytest.raises(HoldLimitReached):
        await shop.holds({"mug": 1}, new_id(), owner="ada")
    await shop.runs_out(carts[0])

    assert (await shop.holds({"mug": 1}, new_id(), owner="ada")).is_new


async def test_a_due_hold_does_not_stand_in_the_way(shop: Shop) -> None:
    """Stock of a hold past its time is sold to the next, before any sweeper came by (rules.md 17)."""
    await shop.stocks("mug", 3)
    slow, quick = new_id(), new_id()
    await shop.holds({"mug": 3}, slow)
    await shop.runs_out(slow)

    placed = await shop.holds({"mug": 2}, quick)

    assert placed.is_new
    assert (await shop.held_for(slow)).status == "EXPIRED"
    assert await shop.counts("mug") == (3, 2)
    assert [type(event) for event in await hold_events(shop)] == [HoldPlaced, HoldExpired, HoldPlaced]


async def test_a_cart_whose_own_hold_is_due_gets_a_new_one(shop: Shop) -> None:
    """A hold past its time is not prolonged by holding again: it expires and a new one begins."""
    await shop.stocks("mug", 3)
    cart = new_id()
    first = await shop.holds({"mug": 3}, cart)
    await shop.runs_out(cart)

    second = await shop.holds({"mug": 3}, cart)

    assert second.is_new
    assert second.state.hold_id != first.state.hold_id
    assert await shop.counts("mug") == (3, 3)


async def test_the_sweeper_gives_stock_back_once(shop: Shop) -> None:
    """Only what is due expires, and sweeping again finds nothing."""
    await shop.stocks("mug", 10)
    due, open_ = new_id(), new_id()
    await shop.holds({"mug": 3}, due)
    await shop.holds({"mug": 2}, open_)
    await shop.runs_out(due)

    swept = [await shop.sweeps(), await shop.sweeps()]

    assert swept == [1, 0]
    assert await shop.counts("mug") == (10, 2)
    assert await shop.published_availability("mug") == [10, 7, 5, 8]
    assert (await shop.held_for(open_)).status == "ACTIVE"


async def test_releasing_again_changes_nothing(shop: Shop) -> None:
    """A hold is given back once, however often that is requested; a cart without one is left alone."""
    await shop.stocks("mug", 10)
    cart = new_id()
    await shop.holds({"mug": 3}, cart)

    states = [await shop.releases(cart), await shop.releases(cart), await shop.releases(new_id())]

    assert [state.status for state in states] == ["RELEASED", "RELEASED", "NONE"]
    assert await shop.counts("mug") == (10, 0)
    assert [type(event) for event in await hold_events(shop)] == [HoldPlaced, HoldReleased]


async def test_checkout_extends_up_to_the_maximum(shop: Shop) -> None:
    """An extension gives the full time again, but never beyond the maximum since the hold was placed (rules.md 18)."""
    await shop.stocks("mug", 10)
    cart = new_id()
    first = await shop.holds({"mug": 1}, cart, policy=SHORT)
    await shop.ages(cart, timedelta(minutes=10))

    extended = await shop.extends(cart, SHORT)
    again = await shop.extends(cart, SHORT)

    assert first.state.expires_at is not None
    assert extended.expires_at == first.state.expires_at - timedelta(minutes=10) + timedelta(minutes=5)
    assert again.expires_at == extended.expires_at
    assert [type(event) for event in await hold_events(shop)] == [HoldPlaced, HoldPlaced]


async def test_only_an_open_hold_is_extended(shop: Shop) -> None:
    """One that is over says so, and a cart that never had one is not found."""
    await shop.stocks("mug", 10)
    cart = new_id()
    await shop.holds({"mug": 1}, cart)
    await shop.runs_out(cart)

    with pytest.raises(HoldOver):
        await shop.extends(cart, POLICY)
    with pytest.raises(HoldNotFound):
        await shop.extends(new_id(), POLICY)


async def test_everything_is_released_for_a_rollback(shop: Shop) -> None:
    """Releasing by hand ends every open hold, in batches, due or not."""
    await shop.stocks("mug", 10)
    carts = [new_id() for _ in range(5)]
    for cart in carts:
        await shop.holds({"mug": 1}, cart)

    async with shop.database.unit(shop.company_id) as unit:
        released = await release_hold.release_some(unit, 3, "staff")
    async with shop.database.unit(shop.company_id) as unit:
        released += await release_hold.release_some(unit, 3, "staff")

    assert released == 5
    assert await shop.counts("mug") == (10, 0)
