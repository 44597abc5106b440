"""A message that cannot be handled is put aside with its reason, and nothing waits behind it (messaging.md)."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

import uuid_utils.compat as ids
from servicekit.testing.polling import poll

from .broker import connected
from .service_commands import command
from .shop import Shop
from .shopper import Guest
from .stack import Stack

_COUNTED = "SELECT cart_id, quantity_added FROM cart_facts WHERE company_id = $1"


@asynccontextmanager
async def one_cart_does_not_fit(stack: Stack, cart_id: UUID) -> AsyncGenerator[None]:
    """A fault in analytics' database that concerns one cart only, mended when the block ends."""
    async with stack.database("analytics") as database:
        await database.execute(f"ALTER TABLE cart_facts ADD CONSTRAINT broken CHECK (cart_id <> '{cart_id}') NOT VALID")
        try:
            yield
        finally:
            await database.execute("ALTER TABLE cart_facts DROP CONSTRAINT broken")


async def fills_a_cart(shop: Shop) -> Guest:
    """A guest who adds two mugs."""
    guest = shop.guest()
    await guest.opens_a_cart()
    await guest.adds("mug", 2)
    return guest


async def quantity_by_cart(shop: Shop) -> dict[UUID, int]:
    """What analytics has counted in each of the shop's carts."""
    async with shop.stack.database("analytics") as database:
        return {row[0]: row[1] for row in await database.fetch(_COUNTED, shop.company_id)}


async def dead_letters_about(stack: Stack, text: str) -> list[str]:
    """The lines of analytics' `dead-letters list` that say this."""
    lines = (await command(stack, "analytics", "dead-letters", "list")).splitlines()
    return [line for line in lines if text in line]


def id_in(line: str) -> str:
    """The dead letter's id in its line."""
    found = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", line)
    assert found, line
    return found[0]


async def test_a_message_is_dead_lettered_others_pass_and_it_is_replayed(shop: Shop) -> None:
    """After its last attempt it lies there with the reason; the cause mended, the CLI replays it, and it counts."""
    unlucky, lucky = shop.guest(), shop.guest()
    await unlucky.opens_a_cart()
    await lucky.opens_a_cart()
    await poll(lambda: quantity_by_cart(shop), lambda seen: len(seen) == 2)

    async with connected(shop.stack) as broker, one_cart_does_not_fit(shop.stack, unlucky.cart_id):
        await unlucky.adds("mug", 2)
        await lucky.adds("mug", 3)
        await poll(lambda: quantity_by_cart(shop), lambda seen: seen[lucky.cart_id] == 3)
        await broker.give_up_one()
        found = await poll(lambda: dead_letters_about(shop.stack, "cart.updated.v1"), bool)

    (dead_letter,) = found
    assert 'violates check constraint "broken"' in dead_letter
    assert "analytics.append" in dead_letter
    assert str(unlucky.cart_id) in await command(shop.stack, "analytics", "dead-letters", "show", id_in(dead_letter))
    assert (await quantity_by_cart(shop))[unlucky.cart_id] == 0

    await command(shop.stack, "analytics", "dead-letters", "replay", id_in(dead_letter))

    await poll(lambda: quantity_by_cart(shop), lambda seen: seen == {unlucky.cart_id: 2, lucky.cart_id: 3})
    assert await dead_letters_about(shop.stack, "cart.updated.v1") == []


async def test_a_message_that_nobody_can_read_is_dead_lettered_at_once(shop: Shop) -> None:
    """A body that is no event waits for no retry: it is given up with the fields that do not fit."""
    async with connected(shop.stack) as broker:
        await broker.put_into("analytics.log", "cart.converted.v1", b'{"specversion": "1.0", "data": {}}', ids.uuid7())
        guest = await fills_a_cart(shop)
        await poll(lambda: quantity_by_cart(shop), lambda seen: seen.get(guest.cart_id) == 2)

    (dead_letter,) = await poll(lambda: dead_letters_about(shop.stack, "cart.converted.v1"), bool)
    assert "does not fit at" in dead_letter
    await command(shop.stack, "analytics", "dead-letters", "drop", id_in(dead_letter))
    assert await dead_letters_about(shop.stack, "cart.converted.v1") == []
