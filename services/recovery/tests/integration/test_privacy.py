"""A shopper's address is nowhere but sealed in its table and in the mail itself (rules.md 35)."""

import pytest
from contracts.cart import CartContactSet, CartContactSetV1, contact_context
from contracts.envelope import RecordedEvent
from pydantic import SecretStr
from recovery.contacts.use_cases.forget_contacts import forget_contacts
from servicekit.ids import new_id
from servicekit.sealing import SealBroken, Sealer

from ..scene import HOUR, Scene

CANARY = "canary.7d1f@mail.example"


async def test_no_table_holds_a_readable_address(scene: Scene) -> None:
    """Every text and byte of the database, after the whole life of a recovery."""
    cart = scene.cart()
    await scene.gives(cart, CANARY)
    await scene.abandons(cart)
    assert [mail["To"] for mail in await scene.later(HOUR)] == [CANARY]

    async with scene.database.system_unit() as unit:
        tables = await unit.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        dumps = [
            await unit.fetchval(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {row['tablename']} AS t")
            for row in tables
        ]

    everything = "".join(dumps)
    assert "canary" not in everything
    assert CANARY.encode().hex() not in everything


async def test_an_address_for_another_company_or_with_another_key_is_no_address(scene: Scene) -> None:
    """It fails, so that the message waits for the right key as a dead letter and no withdrawal is lost."""
    for key, company in ((scene.settings.contact_seal_key, new_id()), (SecretStr("C" * 43 + "="), scene.company_id)):
        sealed = Sealer(key).seal_text(CANARY, contact_context(company))
        given = CartContactSet(
            site_id=scene.site_id, currency="EUR", actor="shopper", address_sealed=sealed, consent=True
        )
        with pytest.raises(SealBroken):
            await scene.deliver(RecordedEvent(given, scene.company_id, new_id(), 1, scene.clock.now()))

    assert await scene.one("SELECT count(*) FROM contacts WHERE company_id = $1") == 0


async def test_an_address_that_a_cart_of_before_published_is_kept(scene: Scene) -> None:
    """Services are deployed one by one: for a while both forms are under way."""
    cart = scene.cart()
    given = CartContactSetV1(site_id=scene.site_id, currency="EUR", actor="shopper", email=CANARY, consent=True)
    await scene.deliver(RecordedEvent(given, scene.company_id, cart.id, cart.version, scene.clock.now()))
    await scene.abandons(cart)

    assert [mail["To"] for mail in await scene.later(HOUR)] == [CANARY]


async def test_no_log_line_holds_an_address(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither when the mail goes, nor when the provider refuses it."""
    cart = scene.cart()
    await scene.gives(cart, CANARY)
    await scene.abandons(cart)
    await scene.later(HOUR)

    written = capsys.readouterr()

    assert "accepted" in written.out + written.err
    assert "canary" not in written.out + written.err


async def test_an_address_that_cannot_be_mailed_is_none(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """A typing error makes no dead letter, or strangers could fill the queue: it replaces what was given, unlogged."""
    cart = scene.cart()
    await scene.gives(cart)
    await scene.gives(cart, "canary at mail.example")
    await scene.abandons(cart)

    mails = await scene.later(HOUR)

    written = capsys.readouterr()
    assert mails == []
    assert "contact_not_deliverable" in written.out + written.err
    assert "canary" not in written.out + written.err


async def test_addresses_are_forgotten_after_ninety_days(scene: Scene) -> None:
    """As long as an abandoned cart is kept (operations.md); a dry run only counts."""
    await scene.gives(scene.cart(), CANARY)
    scene.clock.advance(89 * 24 * HOUR)
    await scene.gives(scene.cart(), CANARY)
    scene.clock.advance(2 * 24 * HOUR)

    would = await forget_contacts(scene.database, dry_run=True)
    did = await forget_contacts(scene.database, dry_run=False)

    assert would == did >= 1
    assert await scene.one("SELECT count(*) FROM contacts WHERE company_id = $1") == 1
