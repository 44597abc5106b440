"""No cart is lost or archived twice, whenever a run dies or stands still."""

import asyncio
from contextlib import suppress
from typing import cast

from cart.archive.clients import ObjectStore
from cart.archive.domain import KEPT
from cart.archive.use_cases.archive_carts import CartArchiver
from servicekit.db import Database

from ...archiving import Bucket, InterferingStore
from ...shop import Shop
from ...timers import Time
from ..test_cleanup import Killed, MortalDatabase, parts_of
from .orders import archived, ordered, prefix, whole


async def test_a_run_that_is_killed_leaves_whole_carts_and_the_next_goes_on(
    shop: Shop, store: ObjectStore, bucket: Bucket, time: Time
) -> None:
    """Before whichever commit it dies; no object is left that no cart is in."""
    guests = await ordered(shop, 3)
    await time.passes(KEPT)
    left, lives = [3], 0

    while left[-1]:
        mortal = cast("Database", MortalDatabase(time.due.database, lives))
        with suppress(Killed):
            await CartArchiver(mortal, store, batch=2).run(dry_run=False)
        await whole(shop, *guests)
        left.append(len((await parts_of(shop, *guests))["carts"]))
        lives += 1

    assert 1 in left
    async with shop.database.unit(shop.company_id) as unit:
        keys = {row["object_key"] for row in await unit.fetch("SELECT object_key FROM cart_archive")}
    assert keys == set(bucket.objects(prefix(shop)))


async def test_a_run_that_is_killed_between_writing_and_reading_writes_the_same_object(
    shop: Shop, store: ObjectStore, bucket: Bucket, time: Time
) -> None:
    """It was reserved before it was written: the next run overwrites it with the same bytes."""
    guests = await ordered(shop, 2)
    await time.passes(KEPT)

    async def die(_: str, content: bytes) -> bytes:
        raise Killed

    with suppress(Killed):
        await CartArchiver(time.due.database, InterferingStore(store, getting=die)).run(dry_run=False)
    half = bucket.objects(prefix(shop))
    await whole(shop, *guests)

    await CartArchiver(time.due.database, store).run(dry_run=False)

    assert bucket.objects(prefix(shop)) == half
    assert await archived(shop, *guests) == {guest.cart_id for guest in guests}


async def test_two_runs_at_once_archive_every_cart_once(shop: Shop, store: ObjectStore, time: Time) -> None:
    """Whatever they get in each other's way with."""
    guests = await ordered(shop, 7)
    await time.passes(KEPT)

    results = await asyncio.gather(
        *(CartArchiver(time.due.database, store, batch=2).run(dry_run=False) for _ in range(2))
    )

    assert sum(result.count for result in results) == 7
    await whole(shop, *guests)


async def test_a_writer_that_stood_still_spoils_nothing(shop: Shop, store: ObjectStore, time: Time) -> None:
    """It had read the carts, and writes their object when another has archived them long since."""
    guests = await ordered(shop, 3)
    await time.passes(KEPT)
    reads, goes_on = asyncio.Event(), asyncio.Event()

    async def stand_still(_: str, content: bytes) -> bytes:
        reads.set()
        await goes_on.wait()
        return content

    slow = CartArchiver(time.due.database, InterferingStore(store, putting=stand_still))
    standing = asyncio.create_task(slow.run(dry_run=False))
    await reads.wait()
    quick = await CartArchiver(time.due.database, store).run(dry_run=False)
    goes_on.set()

    assert (quick.count, (await standing).count) == (3, 0)
    await whole(shop, *guests)
