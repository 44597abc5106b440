"""A mail that cannot be written is tried a few times and then FAILED; it does not keep back others."""

from datetime import timedelta

import pytest
from recovery.contacts.domain.contact import Contact
from recovery.messages.use_cases.record_outcome import MAX_WRITE_TRIES
from servicekit.sealing import SealBroken

from ..cart_model import Cart
from ..scene import HOUR, SHOPPER, Scene

BREAKAGES = {
    "seal": ("UPDATE contacts SET address_sealed = '\\x00' WHERE company_id = $1", SealBroken.__name__),
    "header": (
        """
        UPDATE campaign_steps SET texts = '{"en": {"subject": "Your\\ncart"}}' WHERE company_id = $1 AND position = 1
        """,
        ValueError.__name__,
    ),
}


@pytest.mark.parametrize("part", BREAKAGES)
async def test_a_mail_that_cannot_be_written_fails_in_the_end(scene: Scene, part: str) -> None:
    """Within a few hours it is given up with its reason, which names no address; no run of the job fails by it."""
    cart = await _due(scene, "shopper@mail.example")
    await _break(scene, part)

    tried = await _runs(scene)

    assert tried == MAX_WRITE_TRIES
    assert scene.mails() == []
    assert await scene.statuses() == ["FAILED"]
    assert await scene.one("SELECT failure FROM recovery_messages WHERE company_id = $1") == BREAKAGES[part][1]
    assert await scene.state(cart) == ("OPEN", None)


async def test_the_step_after_a_failed_one_still_comes(scene: Scene) -> None:
    """Like after a refusal: only the first step's subject is broken, and the second mail goes out a day later."""
    await _due(scene, SHOPPER)
    await _break(scene, "header")
    await _runs(scene)

    mails = await scene.later(24 * HOUR)

    assert [mail["To"] for mail in mails] == [SHOPPER]
    assert await scene.statuses() == ["FAILED", "SENT"]


async def test_a_mail_that_can_be_written_again_goes_out(scene: Scene) -> None:
    """The seal's key was missing for some tries only: the mail waited, and its tries begin anew with the next step."""
    cart = await _due(scene, SHOPPER)
    whole = await _break(scene, "seal")
    await scene.sends()

    await scene.one(
        "UPDATE contacts SET address_sealed = $3 WHERE company_id = $1 AND cart_id = $2", cart.id, whole.address_sealed
    )

    assert len(await scene.later(timedelta(minutes=1))) == 1
    assert await scene.one("SELECT unwritten FROM recoveries WHERE company_id = $1") == 0


async def test_one_broken_mail_does_not_keep_back_the_others(scene: Scene) -> None:
    """The other mails of the same run go out, and the run counts them all."""
    await _due(scene, "broken@mail.example")
    await _break(scene, "seal")
    whole = scene.cart()
    await scene.gives(whole, "whole@mail.example")
    await scene.abandons(whole)

    mails = await scene.later(HOUR)

    assert [mail["To"] for mail in mails] == ["whole@mail.example"]


async def _due(scene: Scene, address: str) -> Cart:
    """A cart whose first mail is due now."""
    cart = scene.cart()
    await scene.gives(cart, address)
    await scene.abandons(cart)
    scene.clock.advance(HOUR)
    return cart


async def _break(scene: Scene, part: str) -> Contact:
    """Break what mails are written from; returns the contact as it was."""
    async with scene.database.unit(scene.company_id) as unit:
        row = await unit.fetchrow(
            "SELECT recipient_hash, address_sealed, locale FROM contacts WHERE company_id = $1", scene.company_id
        )
        await unit.execute(BREAKAGES[part][0], scene.company_id)
    assert row is not None
    return Contact(**row)


async def _runs(scene: Scene) -> int:
    """Run the job every minute of three hours; returns how often it had something to do."""
    busy = 0
    for _ in range(180):
        busy += await scene.runs()
        scene.clock.advance(timedelta(minutes=1))
    return busy
