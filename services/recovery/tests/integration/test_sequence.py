"""From an abandonment to its mails."""

from datetime import timedelta

from contracts.recovery import RecoveryEmailSent

from ..scene import HOUR, SHOPPER, Scene


async def test_three_mails_follow_an_abandonment(scene: Scene) -> None:
    """The default steps go out after 1 h, 24 h and 72 h, each once (rules.md 27)."""
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)

    early = len(await scene.later(timedelta(minutes=59)))
    counts = [len(await scene.later(by)) for by in (timedelta(minutes=1), HOUR, 23 * HOUR, 47 * HOUR, HOUR, 24 * HOUR)]

    assert early == 0
    assert counts == [1, 1, 2, 2, 3, 3]
    assert await scene.state(cart) == ("FINISHED", None)
    assert [event.step for event in await scene.published(RecoveryEmailSent)] == [1, 2, 3]


async def test_an_address_given_after_the_abandonment_is_written_to(scene: Scene) -> None:
    """CartContactSet may arrive after CartAbandoned; the first step is then due from the abandonment."""
    cart = scene.cart()
    await scene.abandons(cart)
    assert await scene.later(2 * HOUR) == []

    await scene.gives(cart)

    assert [mail["To"] for mail in await scene.sends()] == [SHOPPER]


async def test_without_consent_nobody_is_written_to(scene: Scene) -> None:
    """An address without consent is not even kept; consent withdrawn stops what was due."""
    never, withdrawn = scene.cart(), scene.cart()
    await scene.gives(never, consent=False)
    await scene.gives(withdrawn)
    for cart in (never, withdrawn):
        await scene.abandons(cart)

    await scene.gives(withdrawn, consent=False)

    assert await scene.later(2 * HOUR) == []
    assert await scene.one("SELECT count(*) FROM contacts WHERE company_id = $1 AND address_sealed IS NOT NULL") == 0


async def test_an_older_address_that_arrives_late_changes_nothing(scene: Scene) -> None:
    """Events of one cart may overtake each other; the newest address wins (messaging.md, "Consuming")."""
    cart = scene.cart()
    await scene.gives(cart, "new@mail.example", version=9)
    await scene.gives(cart, "old@mail.example", version=8)
    await scene.abandons(cart)

    mails = await scene.later(HOUR)

    assert [mail["To"] for mail in mails] == ["new@mail.example"]


async def test_the_same_abandonment_twice_is_one_recovery(scene: Scene) -> None:
    """An event published again under another id begins nothing new (one recovery per abandonment)."""
    cart = scene.cart()
    await scene.gives(cart)
    event = await scene.abandons(cart)

    await scene.deliver(event)

    assert await scene.one("SELECT count(*) FROM recoveries WHERE company_id = $1") == 1
    assert len(await scene.later(HOUR)) == 1


async def test_a_later_mail_keeps_its_distance(scene: Scene) -> None:
    """A first mail that went 10 hours late is followed a day's distance later, not at once."""
    cart = scene.cart()
    await scene.abandons(cart)
    scene.clock.advance(30 * HOUR)
    await scene.gives(cart)

    counts = [len(await scene.sends()), len(await scene.later(22 * HOUR)), len(await scene.later(2 * HOUR))]

    assert counts == [1, 1, 2]
