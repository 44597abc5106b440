"""When the next mail is due after something has changed: its distance, and what a worker has in hand, are kept."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from recovery.campaigns import repository as campaigns
from recovery.campaigns import service
from recovery.campaigns.domain import CampaignPatch
from recovery.messages import repository as messages
from recovery.messages.domain import DueStep
from recovery.messages.use_cases.prepare_mail import prepare_mail
from servicekit.testing import poll

from ..cart_model import Cart
from ..scene import HOUR, Scene


@pytest.mark.parametrize("change", ["campaign", "contact"])
async def test_a_change_keeps_the_distance_after_a_late_mail(scene: Scene, change: str) -> None:
    """The first mail went 29 hours late, when the second was due already: the second still follows 23 hours later."""
    cart = await _due(scene, late=29 * HOUR)
    first = len(await scene.sends())

    await _change(scene, cart, change)

    counts = [len(await scene.later(by)) for by in (timedelta(), 22 * HOUR, HOUR)]
    assert (first, counts) == (1, [1, 1, 2])


async def test_a_longer_distance_counts_from_the_mail_before(scene: Scene) -> None:
    """A campaign whose second mail comes a day later than it did moves it by that day."""
    await _due(scene, late=29 * HOUR)
    await scene.sends()

    await _campaign(scene, delays=(HOUR, 48 * HOUR, 72 * HOUR))

    assert [len(await scene.later(by)) for by in (46 * HOUR, HOUR)] == [1, 2]


@pytest.mark.parametrize("change", ["campaign", "contact"])
async def test_a_change_does_not_end_a_lease(scene: Scene, change: str) -> None:
    """While a worker has a step in hand no other gets it; when that worker is gone, another does."""
    cart = await _due(scene)
    await _lease(scene)

    await _change(scene, cart, change)

    meanwhile = await _lease(scene)
    scene.clock.advance(timedelta(minutes=1))
    assert (len(meanwhile), len(await _lease(scene))) == (0, 1)


async def test_a_change_ends_a_wait_for_the_cap(scene: Scene) -> None:
    """A mail that waits for tomorrow goes now when the campaign drops its cap: no worker has leased it."""
    first, second = await _due(scene, cap=1), await _due(scene, cap=1)
    waiting = len(await scene.sends())

    await _change(scene, first, "campaign")

    assert (waiting, len(await scene.sends())) == (1, 2)
    assert await scene.state(second) == ("OPEN", None)


async def test_a_change_while_a_mail_is_reserved_times_the_next_mail_by_itself(scene: Scene) -> None:
    """Who changes the campaign waits for the reservation, and leaves the time of the next mail alone."""
    cart = await _due(scene)
    (due,) = await _lease(scene)

    async with scene.database.unit(scene.company_id) as unit:
        await prepare_mail(unit, due, scene.carts.snapshots[cart.id], scene.sending.writer)
        other = asyncio.create_task(_change(scene, cart, "campaign"))
        await poll(lambda: _waits_or_is_done(scene, other))
    await other

    assert await _lease(scene) == []
    scene.clock.advance(23 * HOUR)
    assert [following.step for following in await _lease(scene)] == [2]


async def _due(scene: Scene, late: timedelta = timedelta(), cap: int | None = None) -> Cart:
    """A cart whose first mail has been due for a while, in a company with this cap."""
    await _campaign(scene, cap=cap)
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)
    scene.clock.advance(HOUR + late)
    return cart


async def _change(scene: Scene, cart: Cart, change: str) -> None:
    if change == "contact":
        await scene.gives(cart, locale="de")
    else:
        await _campaign(scene)


async def _campaign(scene: Scene, cap: int | None = None, delays: tuple[timedelta, ...] | None = None) -> None:
    """Change the campaign as staff do: its cap, and maybe its delays."""
    async with scene.database.unit(scene.company_id) as unit:
        campaign = await campaigns.current(unit)
        assert campaign is not None
        steps = campaign.steps
        if delays:
            steps = tuple(replace(step, delay=delay) for step, delay in zip(steps, delays, strict=True))
        patch = CampaignPatch(
            fields=frozenset({"daily_cap_per_recipient", "steps"}), daily_cap_per_recipient=cap, steps=steps
        )
        await service.change(unit, campaign.id, patch)


async def _lease(scene: Scene) -> list[DueStep]:
    async with scene.database.system_unit() as unit:
        return await messages.lease_due(unit, 10, scene.company_id)


async def _waits_or_is_done(scene: Scene, task: asyncio.Task[Any]) -> bool:
    async with scene.database.system_unit() as unit:
        waiting = await unit.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
    return bool(waiting) or task.done()
