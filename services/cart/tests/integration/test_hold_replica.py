"""What a cart shows of its hold, in whatever order inventory's events arrive."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from cart.holds import repository as replica
from cart.holds.repository import UNKNOWN_VERSION, HoldVersion
from cart.subscriptions import subscriptions
from contracts.envelope import RecordedEvent
from contracts.inventory import HoldCommitted, HoldEvent, HoldExpired, HoldPlaced, HoldReleased
from servicekit.ids import new_id
from servicekit.testing import deliver

from ..shop import Guest, Shop

SOON = datetime.now(UTC) + timedelta(minutes=15)
LATER = SOON + timedelta(minutes=5)


def placed(shop: Shop, guest: Guest, expires_at: datetime) -> HoldPlaced:
    """Stock was taken for the guest's cart."""
    return HoldPlaced(cart_id=UUID(guest.cart_id), lines=(), site_id=UUID(shop.site_id), expires_at=expires_at)


async def deliver_hold(shop: Shop, hold_id: UUID, version: int, event: HoldEvent) -> None:
    """Deliver one of inventory's events."""
    await deliver(subscriptions, RecordedEvent(event, shop.company_id, hold_id, version, SOON), shop.database)


async def hold_of(shop: Shop, guest: Guest) -> Any:
    """What the cart answers of its hold."""
    return (await shop.read(guest))["hold"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_events_of_a_hold_in_any_order_end_the_same(shop: Shop, order: tuple[int, ...]) -> None:
    """Placed, extended and released, delivered in every order: released, and never revived."""
    guest, hold_id = await shop.guest_cart({"mug": 1}), new_id()
    released = HoldReleased(cart_id=UUID(guest.cart_id), lines=(), reason="shopper")
    story = [(1, placed(shop, guest, SOON)), (2, placed(shop, guest, LATER)), (3, released)]

    for index in order:
        await deliver_hold(shop, hold_id, *story[index])

    assert (await hold_of(shop, guest))["status"] == "RELEASED"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_a_hold_whose_order_was_not_made_is_released(shop: Shop, order: tuple[int, ...]) -> None:
    """Placed, committed and freed again, in whatever order that arrives: nothing is held, and nothing sold."""
    guest, hold_id = await shop.guest_cart({"mug": 1}), new_id()
    committed = HoldCommitted(cart_id=UUID(guest.cart_id), lines=(), order_id="A-1")
    released = HoldReleased(cart_id=UUID(guest.cart_id), lines=(), reason="order_not_made")
    story = [(1, placed(shop, guest, SOON)), (2, committed), (3, released)]

    for index in order:
        await deliver_hold(shop, hold_id, *story[index])

    assert (await hold_of(shop, guest))["status"] == "RELEASED"


async def test_an_extension_counts_and_what_came_before_it_does_not(shop: Shop) -> None:
    """The newest version of an open hold has until when it lasts."""
    guest, hold_id = await shop.guest_cart({"mug": 1}), new_id()

    await deliver_hold(shop, hold_id, 2, placed(shop, guest, LATER))
    await deliver_hold(shop, hold_id, 1, placed(shop, guest, SOON))

    hold = await hold_of(shop, guest)
    assert datetime.fromisoformat(hold["expiresAt"]) == LATER


@pytest.mark.parametrize("ending", [HoldExpired, HoldCommitted])
async def test_a_later_hold_replaces_one_that_ended(shop: Shop, ending: type[HoldEvent]) -> None:
    """Ids of later holds sort later; what still arrives of the earlier one changes nothing."""
    guest, first, second = await shop.guest_cart({"mug": 1}), new_id(), new_id()
    extra = {"order_id": "A-1"} if ending is HoldCommitted else {}
    await deliver_hold(shop, first, 1, placed(shop, guest, SOON))

    await deliver_hold(shop, second, 1, placed(shop, guest, LATER))
    await deliver_hold(shop, first, 2, ending(cart_id=UUID(guest.cart_id), lines=(), **extra))

    hold = await hold_of(shop, guest)
    assert hold["status"] == "ACTIVE"
    assert datetime.fromisoformat(hold["expiresAt"]) == LATER


async def test_an_answer_to_a_call_never_takes_back_what_an_event_said(shop: Shop) -> None:
    """An answer has no version: it shows a new hold at once, gives more time or ends it, and nothing else."""
    guest, hold_id = await shop.guest_cart({"mug": 1}), new_id()

    async def answered(status: str, expires_at: datetime | None) -> str:
        async with shop.database.unit(shop.company_id) as unit:
            await replica.keep(unit, UUID(guest.cart_id), HoldVersion(hold_id, UNKNOWN_VERSION, status, expires_at))
        hold = await hold_of(shop, guest)
        return f"{hold['status']} {hold['expiresAt'] and datetime.fromisoformat(hold['expiresAt']) == LATER}"

    new = await answered("ACTIVE", SOON)
    await deliver_hold(shop, hold_id, 2, placed(shop, guest, LATER))
    late = await answered("ACTIVE", SOON)
    ended = await answered("RELEASED", None)
    await deliver_hold(shop, hold_id, 3, placed(shop, guest, LATER))

    assert [new, late, ended] == ["ACTIVE False", "ACTIVE True", "RELEASED None"]
    assert (await hold_of(shop, guest))["status"] == "RELEASED"


async def test_a_hold_past_its_time_is_expired_before_that_is_published(shop: Shop) -> None:
    """The cart's own clock decides what the shopper is shown."""
    guest, hold_id = await shop.guest_cart({"mug": 1}), new_id()

    await deliver_hold(shop, hold_id, 1, placed(shop, guest, datetime.now(UTC) - timedelta(seconds=1)))

    assert (await hold_of(shop, guest))["status"] == "EXPIRED"
