"""The broker delivers at least once; every effect happens exactly once (rules.md 32)."""

from collections.abc import AsyncIterator

import pytest
from servicekit.testing.polling import poll

from .broker import connected, deliveries_of, duplicates
from .dump import at_rest
from .mailbox import Mailbox
from .shop import Shop, open_shop
from .stack import Stack

NEARLY_EVERY_KIND = {
    "cart.abandoned.v1",
    "cart.contact_set.v2",
    "cart.converted.v1",
    "cart.created.v1",
    "cart.merged.v1",
    "cart.reactivated.v1",
    "cart.updated.v1",
    "hold.committed.v1",
    "hold.placed.v1",
    "stock.changed.v1",
    "recovery.cart_recovered.v1",
    "recovery.email_sent.v1",
}


@pytest.fixture
async def busy(stack: Stack) -> AsyncIterator[Shop]:
    """A shop that writes to those who leave their cart for two seconds."""
    async with open_shop(stack, abandonmentSeconds=2) as shop:
        await shop.merchant.remind(0, daily_cap=None)
        yield shop


async def shops_a_lot(shop: Shop) -> None:
    """Carts are filled, held, bought, merged, abandoned, mailed about and restored: events of nearly every kind."""
    mailbox = Mailbox(shop.stack.env["MAILBOX_URL"])
    leaver = shop.guest()
    await leaver.opens_a_cart()
    await leaver.adds("mug", 3)
    await leaver.leaves(shop.address("fay"))
    mail = await mailbox.first_of(shop.address("fay"))
    await leaver.cartwheel.recovery_links().restore(mail.token)
    await shop.orders(leaver.cart_id, "order-of-the-leaver")

    guest, customer = shop.guest(), shop.customer("eve")
    await customer.opens_a_cart()
    await customer.adds("bowl")
    await guest.opens_a_cart()
    await guest.adds("mug", 2)
    await guest.adds("bowl", 2)
    await guest.uses("SAVE10")
    merged = await customer.merges(guest.session_token)
    await customer.cart.hold()
    await shop.orders(merged.id, "order-of-eve")
    await poll(shop.overview, lambda seen: (seen.carts.converted, seen.carts.recovered) == (2, 1))


async def test_every_message_delivered_again_changes_nothing(busy: Shop) -> None:
    """Each real message goes to every service's queues a second time: every table of every service stays as it was."""
    async with connected(busy.stack) as broker:
        async with broker.capturing(busy.company_id) as captured:
            await shops_a_lot(busy)
            await at_rest(busy.stack, busy.company_id)
        events = [copy.event_id for copy in captured]
        before = await at_rest(busy.stack, busy.company_id, events)
        recognised = await duplicates(busy.stack)

        await broker.publish_again(captured)

        expected = recognised + deliveries_of(captured)
        await poll(lambda: duplicates(busy.stack), lambda seen: seen >= expected, every_seconds=0.25)
    after = await at_rest(busy.stack, busy.company_id, events)
    assert {name for name in before if after[name] != before[name]} == set()
    assert await duplicates(busy.stack) == expected
    assert {copy.routing_key for copy in captured} >= NEARLY_EVERY_KIND
