"""What the months leave behind, moved by an operator's commands: an ordered cart is archived, the log divided."""

from uuid import UUID

from servicekit.testing.polling import poll

from .searching import canary, dumps_with
from .service_commands import command
from .shop import Shop
from .stack import Stack

TWO_YEARS = "interval '732 days'"


async def test_an_order_of_two_years_ago_is_archived_found_and_erased(stack: Stack, shop: Shop) -> None:
    """Its rows are gone, staff read the same cart as before, and an erasure leaves what was sold and nobody."""
    name = canary()
    customer = shop.customer(name)
    await customer.opens_a_cart()
    cart = await customer.adds("mug", 2)
    await shop.orders(cart.id, f"order-{cart.id}")
    await _two_years_pass(stack, cart.id)
    before = await shop.staff.carts.read(cart.id)

    run = ("jobs", "run", "CartArchive")
    would, did = await command(stack, "cart", *run, "--dry-run"), await command(stack, "cart", *run)

    assert would.splitlines()[-1] == "CartArchive: 1 (dry run) (objects 1)"
    assert did.splitlines()[-1] == "CartArchive: 1 (objects 1)"
    assert await _rows(stack, cart.id) == (0, 1)
    assert await shop.staff.carts.read(cart.id) == before

    await shop.staff.customers.erase(name)
    await poll(lambda: shop.staff.customers.erasure(name), lambda view: view.state == "ERASED", deadline_seconds=60)

    after = await shop.staff.carts.read(cart.id)
    assert (before.customer_id, after.customer_id, after.totals) == (name, None, before.totals)
    assert await dumps_with(stack, [name]) == set()


async def test_the_log_is_divided_into_months(stack: Stack, shop: Shop) -> None:
    """By the same job as each night; the second run finds nothing to do."""
    guest = shop.guest()
    await guest.opens_a_cart()
    await poll(shop.overview, lambda seen: seen.carts.created == 1)

    await command(stack, "analytics", "jobs", "run", "EventLogMonths")
    again = await command(stack, "analytics", "jobs", "run", "EventLogMonths", "--dry-run")

    assert again.startswith("EventLogMonths: 0 (dry run)")
    async with stack.database("analytics") as connection:
        parts = await connection.fetch(
            "SELECT DISTINCT tableoid::regclass::text AS part FROM events WHERE company_id = $1", shop.company_id
        )
    assert parts
    assert not [row["part"] for row in parts if row["part"] == "events_default"]


async def _two_years_pass(stack: Stack, cart_id: UUID) -> None:
    """Date an order back as soon as nothing about its hold is under way."""
    async with stack.database("cart") as connection:
        dated = f"UPDATE carts SET converted_at = converted_at - {TWO_YEARS} WHERE id = $1 AND hold_change IS NULL"
        await poll(lambda: connection.execute(dated, cart_id), lambda done: done == "UPDATE 1")


async def _rows(stack: Stack, cart_id: UUID) -> tuple[int, int]:
    """How many rows the cart has where carts are, and in the list of the archived."""
    async with stack.database("cart") as connection:
        here = await connection.fetchval("SELECT count(*) FROM carts WHERE id = $1", cart_id)
        there = await connection.fetchval(
            "SELECT count(*) FROM cart_archive WHERE cart_id = $1 AND archived_at IS NOT NULL", cart_id
        )
    return here, there
