"""The archive keeps what was sold, and nobody who was erased (rules.md 35)."""

from typing import cast
from uuid import UUID

import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it has no types
from cart.archive.clients import ObjectStore
from cart.archive.domain import KEPT
from cart.archive.use_cases.archive_carts import CartArchiver
from cart.erasures.use_cases.erase_customer_carts import erase_customer_carts
from cart.rules.service import CompiledRulesCache
from contracts.erasure import CustomerErasureRequested
from pyarrow import BufferReader
from servicekit.testing import published

from ...archiving import Bucket, InterferingStore
from ...shop import Guest, Shop
from ...timers import Time
from ..test_cleanup import parts_of
from .orders import ordered, orders_as, prefix, seen, whole


async def test_any_tool_reads_what_was_sold_and_none_who_bought_it(
    shop: Shop, store: ObjectStore, bucket: Bucket, time: Time
) -> None:
    """Amounts, products and times are columns of Parquet; the customer and what they wrote are sealed."""
    canary = f"canary-{shop.company_id.hex}"
    await orders_as(shop, canary)
    await time.passes(KEPT)

    await CartArchiver(time.due.database, store).run(dry_run=False)

    (file,) = bucket.objects(prefix(shop)).values()
    (row,) = pq.read_table(BufferReader(file)).to_pylist()
    assert (row["currency"], row["total"], row["order_id"]) == ("USD", 2500, f"A-{row['cart_id']}")
    assert '"sku":"mug"' in row["record"]
    assert canary not in str(row)
    assert b"canary" not in file


async def test_an_erased_customer_is_read_from_no_object_any_more(shop: Shop, store: ObjectStore, time: Time) -> None:
    """Before it staff see who ordered; after it what was sold, for how much, and nobody (rules.md 35)."""
    canary = f"canary-{shop.company_id.hex}"
    cart_id = await orders_as(shop, canary)
    await time.passes(KEPT)
    await CartArchiver(time.due.database, store).run(dry_run=False)
    before = (await seen(shop, cart_id)).json()

    async with shop.database.unit(shop.company_id) as unit:
        await erase_customer_carts(unit, [UUID(cart_id)], CompiledRulesCache())

    after = (await seen(shop, cart_id)).json()
    assert (before["customerId"], before["items"][0]["meta"]) == (canary, {"engraving": f"for {canary}"})
    assert (after["customerId"], after["items"][0]["meta"], after["totals"]) == (None, None, before["totals"])
    async with shop.database.unit(shop.company_id) as unit:
        left = await unit.fetch("SELECT customer_id, personal_key FROM cart_archive WHERE cart_id = $1", UUID(cart_id))
    assert [tuple(row) for row in left] == [(None, None)]


async def test_the_archived_carts_of_a_customer_are_part_of_their_erasure(
    shop: Shop, store: ObjectStore, time: Time
) -> None:
    """They are named in its request, as those that are still here."""
    canary = f"canary-{shop.company_id.hex}"
    cart_id = await orders_as(shop, canary)
    await time.passes(KEPT)
    await CartArchiver(time.due.database, store).run(dry_run=False)

    answer = await shop.client.delete(f"/api/admin/customers/{canary}", headers=shop.staff())

    assert answer.status_code == 202
    (request,) = [
        e for e in await published(shop.database, CustomerErasureRequested) if e.company_id == shop.company_id
    ]
    assert cast("CustomerErasureRequested", request.data).cart_ids == (UUID(cart_id),)


async def test_who_is_erased_while_their_cart_is_written_is_not_archived_with_it(
    shop: Shop, store: ObjectStore, time: Time
) -> None:
    """The object is there, the cart has changed meanwhile: it stays, and the next run writes it as it is then."""
    canary = f"canary-{shop.company_id.hex}"
    cart_id = await orders_as(shop, canary)
    others = await ordered(shop, 2)
    await time.passes(KEPT)

    async def erase(_: str, content: bytes) -> bytes:
        async with shop.database.unit(shop.company_id) as unit:
            await erase_customer_carts(unit, [UUID(cart_id)], CompiledRulesCache())
        return content

    first = await CartArchiver(time.due.database, InterferingStore(store, putting=erase)).run(dry_run=False)
    here = await parts_of(shop, Guest(cart_id, "", {}))
    second = await CartArchiver(time.due.database, store).run(dry_run=False)

    assert (first.count, here["carts"], second.count) == (2, {cart_id}, 1)
    assert (await seen(shop, cart_id)).json()["customerId"] is None
    await whole(shop, *others, Guest(cart_id, "", {}))
