"""What keeps a mail from being sent, however it comes about (rules.md 28)."""

from datetime import time, timedelta

import pytest
from contracts.recovery import RecipientSuppressed
from recovery.campaigns import repository as campaigns
from recovery.campaigns.domain import QuietHours
from recovery.parts import vault_of
from recovery.recoveries.use_cases import stop_recovery
from recovery.suppressions import service as suppressions

from ..cart_model import Cart
from ..scene import HOUR, SHOPPER, Scene


@pytest.mark.parametrize("life", ["comes_back", "expires", "orders"])
async def test_a_change_of_the_cart_stops_its_mails(scene: Scene, life: str) -> None:
    """Reactivated, expired and ordered carts are never mailed, whatever their own service would say."""
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)

    await getattr(scene, life)(cart)

    assert await scene.later(2 * HOUR) == []
    assert (await scene.state(cart))[0] == "STOPPED"


async def test_a_merged_cart_is_not_mailed(scene: Scene) -> None:
    """The lines have gone to the customer's cart."""
    cart, customers = scene.cart(), scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)

    await scene.merges(cart, customers)

    assert await scene.later(2 * HOUR) == []
    assert await scene.state(cart) == ("STOPPED", "merged")


async def test_an_abandonment_that_arrives_after_the_return_begins_nothing(scene: Scene) -> None:
    """CartAbandoned may be delivered after the CartReactivated that followed it."""
    cart = scene.cart()
    await scene.gives(cart)
    abandoned = await scene.abandons(cart)
    async with scene.database.unit(scene.company_id) as unit:  # as if it had not arrived yet
        await unit.execute("DELETE FROM recoveries WHERE company_id = $1", scene.company_id)
        await unit.execute("DELETE FROM inbox_cursor WHERE consumer = $1", stop_recovery.LIFECYCLE)
    await scene.comes_back(cart)

    await scene.deliver(abandoned)

    assert await scene.recovery_of(cart) is None


async def test_an_old_return_does_not_stop_a_new_abandonment(scene: Scene) -> None:
    """A CartReactivated of the idle period before, delivered late, stops nothing of the new one."""
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)
    await scene.abandons(cart)
    cart.version -= 2

    await scene.comes_back(cart)

    assert await scene.state(cart) == ("OPEN", None)


@pytest.mark.parametrize(
    ("status", "reason"), [("ACTIVE", "reactivated"), ("CONVERTED", "converted"), ("MERGED", "merged")]
)
async def test_cart_is_called_at_the_moment_of_sending(scene: Scene, status: str, reason: str) -> None:
    """The event of it may still be under way; what the cart service answers counts."""
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)

    scene.cart_answers(cart, status)

    assert await scene.later(HOUR) == []
    assert await scene.state(cart) == ("STOPPED", reason)


async def test_a_cart_that_is_gone_is_not_mailed(scene: Scene) -> None:
    """404 from cart ends the recovery."""
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)
    del scene.carts.snapshots[cart.id]

    assert await scene.later(HOUR) == []
    assert await scene.state(cart) == ("STOPPED", "gone")


async def test_the_mail_waits_while_cart_cannot_be_reached(scene: Scene) -> None:
    """No answer is not a yes: the mail goes out once cart answers again."""
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)
    scene.carts.away = True
    try:
        while_away = await scene.later(HOUR)
    finally:
        scene.carts.away = False

    assert while_away == []
    assert len(await scene.later(timedelta(minutes=1))) == 1


async def test_one_mail_a_day_over_carts(scene: Scene) -> None:
    """The cap counts the person, not the cart; plus-tags and case make nobody else. The second mail waits."""
    first, second = scene.cart(), scene.cart()
    await scene.gives(first, SHOPPER)
    await scene.gives(second, SHOPPER.upper().replace("@", "+SHOP@"))
    for cart in (first, second):
        await scene.abandons(cart)

    at_once = len(await scene.later(HOUR))
    next_day = len(await scene.later(24 * HOUR))

    assert (at_once, next_day) == (1, 2)


async def test_no_cap_when_the_campaign_has_none(scene: Scene) -> None:
    """dailyCapPerRecipient null: every cart of a person is mailed."""
    await _change(scene, "daily_cap_per_recipient = NULL")
    for cart in (scene.cart(), scene.cart()):
        await scene.gives(cart)
        await scene.abandons(cart)

    assert len(await scene.later(HOUR)) == 2


async def test_quiet_hours_let_the_mail_wait_until_morning(scene: Scene) -> None:
    """The scene begins at 13:00 in Berlin: a mail due at 22:30 goes at 08:00."""
    async with scene.database.unit(scene.company_id) as unit:
        campaign = await campaigns.current(unit)
        assert campaign is not None
        await campaigns.update(unit, campaign.id, "quiet", True, 1, QuietHours(_time("22:00"), _time("08:00")))
    scene.clock.advance(8.5 * HOUR)
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)

    at_night = len(await scene.later(HOUR))
    before_eight = len(await scene.later(9 * HOUR))
    at_eight = len(await scene.later(0.5 * HOUR))

    assert (at_night, before_eight, at_eight) == (0, 0, 1)


async def test_a_suppressed_recipient_gets_nothing_from_any_cart(scene: Scene) -> None:
    """Suppression stops what is due at once, and begins nothing later; it is published once."""
    before, after = scene.cart(), scene.cart()
    await scene.gives(before)
    await scene.abandons(before)

    recipient = vault_of(scene.settings).recipient(SHOPPER, scene.company_id)
    for _ in range(2):
        async with scene.database.unit(scene.company_id) as unit:
            await suppressions.suppress(unit, recipient, "staff")
    await scene.gives(after)
    await scene.abandons(after)

    assert await scene.later(2 * HOUR) == []
    assert await scene.state(before) == ("STOPPED", "staff")
    assert [event.reason for event in await scene.published(RecipientSuppressed)] == ["staff"]


async def test_suppression_is_checked_at_the_moment_of_sending(scene: Scene) -> None:
    """Even a step that is still marked as due does not go out to who is suppressed."""
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)
    await _suppress_behind_the_back(scene, cart)

    assert await scene.later(HOUR) == []
    assert await scene.state(cart) == ("STOPPED", "complained")


def _time(text: str) -> time:
    return time.fromisoformat(text)


async def _suppress_behind_the_back(scene: Scene, cart: Cart) -> None:
    """Write the suppression only, as if the recovery had been scheduled after it was read."""
    async with scene.database.unit(scene.company_id) as unit:
        await unit.execute(
            """
            INSERT INTO suppressions (company_id, id, recipient_hash, reason, created_at)
            SELECT company_id, gen_random_uuid(), recipient_hash, 'complained', now() FROM recoveries WHERE id = $1
            """,
            cart.recovery_id,
        )


async def _change(scene: Scene, setting: str) -> None:
    async with scene.database.unit(scene.company_id) as unit:
        await unit.execute(f"UPDATE campaigns SET {setting} WHERE company_id = $1", scene.company_id)
