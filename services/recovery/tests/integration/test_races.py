"""What two workers do at the same moment: events of one cart, and events while staff change the campaign."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from recovery.campaigns import service as campaigns
from recovery.campaigns.domain import Step
from recovery.subscriptions import keep_contact, start_recovery_of_abandoned_cart
from servicekit.db import TenantUnit
from servicekit.testing import envelope_of, until_blocked

from ..scene import HOUR, SHOPPER, Scene


@pytest.mark.parametrize("first", ["address", "abandonment"])
async def test_an_address_that_comes_with_the_abandonment_gets_its_mail(scene: Scene, first: str) -> None:
    """Neither handler sees what the other has not committed: one of them waits, or the mail is never sent."""
    cart = scene.cart()
    address, abandonment = scene.address_of(cart), scene.abandonment_of(cart)

    async with scene.database.unit(scene.company_id) as unit:
        if first == "address":
            await keep_contact(envelope_of(address), unit)
            other = asyncio.create_task(scene.deliver(abandonment))
        else:
            await start_recovery_of_abandoned_cart(envelope_of(abandonment), unit)
            other = asyncio.create_task(scene.deliver(address))
        await _either(other, until_blocked(scene.database))
    await other

    assert [mail["To"] for mail in await scene.later(HOUR)] == [SHOPPER]


async def test_an_address_passed_on_waits_for_the_abandonment_of_the_next_cart(scene: Scene) -> None:
    """The customer's cart is abandoned at the moment at which the guest's address comes to it."""
    guests, customers = scene.cart(), scene.cart()
    await scene.merges(guests, customers)
    abandonment = scene.abandonment_of(customers)

    async with scene.database.unit(scene.company_id) as unit:
        await start_recovery_of_abandoned_cart(envelope_of(abandonment), unit)
        other = asyncio.create_task(scene.gives(guests))
        await _either(other, until_blocked(scene.database))
    await other

    assert [mail["To"] for mail in await scene.later(HOUR)] == [SHOPPER]


@pytest.mark.parametrize("first", ["campaign", "event"])
@pytest.mark.parametrize("event", ["abandonment", "address"])
async def test_a_campaign_that_is_made_while_a_recovery_begins_sends_its_mail(
    scene: Scene, first: str, event: str
) -> None:
    """Neither sees what the other has not committed: one of them waits, or the recovery is due never."""
    cart = scene.cart()
    address, abandonment = scene.address_of(cart), scene.abandonment_of(cart)
    before, during = (address, abandonment) if event == "abandonment" else (abandonment, address)
    await scene.deliver(before)
    await _end_campaign(scene)

    async with scene.database.unit(scene.company_id) as unit:
        if first == "campaign":
            await _make_campaign(unit)
            other = asyncio.create_task(scene.deliver(during))
        else:
            handle = start_recovery_of_abandoned_cart if event == "abandonment" else keep_contact
            await handle(envelope_of(during), unit)
            other = asyncio.create_task(_campaign_is_made(scene))
        await _either(other, until_blocked(scene.database))
    await other

    assert [mail["To"] for mail in await scene.later(HOUR)] == [SHOPPER]


async def _end_campaign(scene: Scene) -> None:
    """Delete the campaign that a company has from the beginning."""
    async with scene.database.unit(scene.company_id) as unit:
        [campaign] = await campaigns.list_campaigns(unit)
        await campaigns.delete(unit, campaign.id)


async def _campaign_is_made(scene: Scene) -> None:
    async with scene.database.unit(scene.company_id) as unit:
        await _make_campaign(unit)


async def _make_campaign(unit: TenantUnit) -> None:
    steps = [Step(1, HOUR, {})]
    await campaigns.create(unit, name="Another", active=True, daily_cap=None, quiet=None, steps=steps)


async def _either(one: "asyncio.Task[Any]", other: Coroutine[Any, Any, None]) -> None:
    """Wait until one of the two is done; the other coroutine is given up."""
    watching = asyncio.create_task(other)
    await asyncio.wait({one, watching}, return_when=asyncio.FIRST_COMPLETED)
    watching.cancel()
