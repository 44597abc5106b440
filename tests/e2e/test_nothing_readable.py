"""Whoever gets hold of disks, queues, dead letters, logs or backups reads no shopper's address (rules.md 35)."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from servicekit.testing.polling import poll

from .broker import connected
from .mailbox import Mailbox
from .searching import canary, dumps_with, files_with, write_out
from .service_commands import command
from .shop import Shop, open_shop
from .shopper import Guest
from .stack import Stack


@pytest.fixture
async def forgetful(stack: Stack) -> AsyncIterator[Shop]:
    """A shop whose carts count as abandoned after a second, and that then writes at once."""
    async with open_shop(stack, abandonmentSeconds=1) as shop:
        await shop.merchant.remind(0, daily_cap=None)
        yield shop


@asynccontextmanager
async def contact_does_not_fit(stack: Stack, cart_id: UUID) -> AsyncGenerator[None]:
    """A fault in recovery's database that concerns one cart's address, mended when the block ends."""
    async with stack.database("recovery") as database:
        await database.execute(f"ALTER TABLE contacts ADD CONSTRAINT broken CHECK (cart_id <> '{cart_id}') NOT VALID")
        try:
            yield
        finally:
            await database.execute("ALTER TABLE contacts DROP CONSTRAINT broken")


async def dead_letters_of(stack: Stack, cart_id: UUID) -> list[str]:
    """Recovery's dead letters about a cart, whole."""
    listed = await command(stack, "recovery", "dead-letters", "list")
    ids = [word for line in listed.splitlines() if "cart.contact" in line for word in line.split() if _is_id(word)]
    shown = [await command(stack, "recovery", "dead-letters", "show", event_id) for event_id in ids]
    return [text for text in shown if str(cart_id) in text]


def _is_id(word: str) -> bool:
    return len(word) == 36 and word.count("-") == 4


async def fills_a_cart(shop: Shop) -> Guest:
    """A guest with a mug."""
    guest = shop.guest()
    await guest.opens_a_cart()
    await guest.adds("mug")
    return guest


async def test_an_address_is_read_nowhere(forgetful: Shop) -> None:
    """It was mailed, changed, and given up by recovery once; what carried it is found, and it is not."""
    stack, words = forgetful.stack, [canary() for _ in range(3)]
    mailed, unlucky = await fills_a_cart(forgetful), await fills_a_cart(forgetful)
    await mailed.leaves(f"{words[0]}@mail.example")
    await mailed.leaves(f"{words[1]}@mail.example")
    mailbox = Mailbox(stack.env["MAILBOX_URL"])
    async with connected(stack) as broker, contact_does_not_fit(stack, unlucky.cart_id):
        await unlucky.leaves(f"{words[2]}@mail.example")
        await broker.give_up_one()
        (dead_letter,) = await poll(lambda: dead_letters_of(stack, unlucky.cart_id), bool)
    await poll(lambda: mailbox.of(f"{words[1]}@mail.example"), bool)
    await write_out(stack)

    queued = await files_with(stack, [str(unlucky.cart_id)])  # databases have it as bytes; their dumps write it out
    assert any("rabbitmq" in file for file in queued)
    assert await dumps_with(stack, [str(unlucky.cart_id)]) >= {"cart", "recovery"}
    assert await files_with(stack, words) == set()
    assert await dumps_with(stack, words) == set()
    assert not [word for word in words if word in dead_letter]


async def test_a_word_that_is_not_sealed_is_found(shop: Shop) -> None:
    """The search sees what there is to see: a product's title, in databases, queues and backups."""
    title = canary()
    await shop.merchant.import_products(
        [{"sku": "canary", "title": title, "variants": [{"sku": "CANARY", "prices": {"USD": 100}, "stock": 1}]}]
    )

    async def queued_and_kept() -> bool:
        await write_out(shop.stack)
        parts = {part for file in await files_with(shop.stack, [title]) for part in file.split("/")}
        return {"postgres", "rabbitmq"} <= parts

    await poll(queued_and_kept)
    await poll(lambda: dumps_with(shop.stack, [title]), lambda services: services >= {"inventory", "cart"})
