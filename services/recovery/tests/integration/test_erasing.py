"""An erased customer gets no mail, and nothing tells any more to whom theirs went (rules.md 35)."""

from uuid import UUID

from recovery.contacts.use_cases.erase_recipients import erase_recipients

from ..scene import HOUR, SHOPPER, Scene

_HASHES = """
SELECT (SELECT count(*) FROM contacts
        WHERE company_id = $1 AND (recipient_hash IS NOT NULL OR address_sealed IS NOT NULL))
    + (SELECT count(*) FROM consents WHERE company_id = $1)
    + (SELECT count(*) FROM recoveries WHERE company_id = $1 AND recipient_hash IS NOT NULL)
"""


async def erase(scene: Scene, *cart_ids: UUID) -> None:
    """Do recovery's part of an erasure."""
    async with scene.database.unit(scene.company_id) as unit:
        await erase_recipients(unit, cart_ids)


async def recipients(scene: Scene) -> set[bytes]:
    """Whom the mails went to, as they are kept."""
    async with scene.database.unit(scene.company_id) as unit:
        return {row[0] for row in await unit.fetch("SELECT recipient_hash FROM recovery_messages")}


async def test_no_mail_goes_out_and_nothing_is_kept(scene: Scene) -> None:
    """Of two carts with one address, one is named: both are erased; a mail that went stays as a figure."""
    mailed, waiting = scene.cart(), scene.cart()
    for cart in (mailed, waiting):
        await scene.gives(cart)
    await scene.abandons(mailed)
    assert [mail["To"] for mail in await scene.later(HOUR)] == [SHOPPER]
    before = await recipients(scene)
    await scene.abandons(waiting)

    await erase(scene, mailed.id)

    assert await scene.one(_HASHES) == 0
    assert len(await scene.later(24 * HOUR)) == 1  # the one that went
    assert await scene.statuses() == ["SENT"]
    assert before.isdisjoint(await recipients(scene))


async def test_an_address_that_comes_late_is_not_kept(scene: Scene) -> None:
    """It was on its way when the customer was erased; or is replayed from the dead letters."""
    cart = scene.cart()
    await erase(scene, cart.id)

    await scene.gives(cart)
    await scene.abandons(cart)

    assert await scene.one(_HASHES) == 0
    assert await scene.later(24 * HOUR) == []


async def test_somebody_elses_mail_still_goes(scene: Scene) -> None:
    """An erasure is of one recipient."""
    gone, stays = scene.cart(), scene.cart()
    await scene.gives(gone)
    await scene.gives(stays, "bob@mail.example")
    await scene.abandons(stays)

    await erase(scene, gone.id)

    assert [mail["To"] for mail in await scene.later(HOUR)] == ["bob@mail.example"]


async def test_who_wanted_no_mail_still_gets_none(scene: Scene) -> None:
    """The suppression is a keyed hash, and stays."""
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)
    async with scene.database.unit(scene.company_id) as unit:
        recipient = await unit.fetchval("SELECT recipient_hash FROM contacts WHERE cart_id = $1", cart.id)
        await unit.execute(
            "INSERT INTO suppressions (company_id, id, recipient_hash, reason, created_at)"
            " VALUES ($1, gen_random_uuid(), $2, 'unsubscribed', now())",
            scene.company_id,
            recipient,
        )
    await erase(scene, cart.id)

    later = scene.cart()
    await scene.gives(later)
    await scene.abandons(later)

    assert await scene.later(24 * HOUR) == []
