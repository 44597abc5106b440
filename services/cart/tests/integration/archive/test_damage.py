"""Nothing is deleted for an object that does not have it all."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from cart.archive import parquet_rows
from cart.archive.clients import ObjectStore
from cart.archive.domain import KEPT
from cart.archive.use_cases.archive_carts import CartArchiver
from cart.archive.use_cases.read_archived_cart import ArchiveReader

from ...archiving import Bucket, InterferingStore
from ...shop import Shop
from ...timers import Time
from ..test_cleanup import all_of, parts_of
from .orders import archived, ordered, prefix, whole


async def flipped(_: str, content: bytes) -> bytes:
    """One bit is another: here in a place that no reader of Parquet looks at."""
    return bytes([*content[:200], content[200] ^ 1, *content[201:]])


async def short(_: str, content: bytes) -> bytes:
    """The end is missing."""
    return content[:-20]


@pytest.mark.parametrize("damage", [flipped, short])
async def test_nothing_is_deleted_for_an_object_that_is_not_as_written(
    shop: Shop, store: ObjectStore, time: Time, damage: Any
) -> None:
    """The run fails, every cart is here, and the next run writes the same object again."""
    guests = await ordered(shop, 2)
    await time.passes(KEPT)

    with pytest.raises(ExceptionGroup, match="could not be archived"):
        await CartArchiver(time.due.database, InterferingStore(store, getting=damage)).run(dry_run=False)

    assert await parts_of(shop, *guests) == all_of(*guests)
    assert (await CartArchiver(time.due.database, store).run(dry_run=False)).count == 2
    await whole(shop, *guests)


Rows = Sequence[parquet_rows.Row]


def without_a_row(rows: Rows) -> Rows:
    """A cart is missing."""
    return rows[1:]


def swapped(rows: Rows) -> Rows:
    """What two carts say of a person has changed places."""
    first, second = rows
    return [replace(first, personal=second.personal), replace(second, personal=first.personal)]


def another_amount(rows: Rows) -> Rows:
    """A cart has another total."""
    return [replace(rows[0], total=rows[0].total + 1), *rows[1:]]


@pytest.mark.parametrize("fault", [without_a_row, swapped, another_amount])
async def test_nothing_is_deleted_for_a_file_that_does_not_say_what_is_here(
    shop: Shop, store: ObjectStore, time: Time, fault: Callable[[Rows], Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What writes the file is not believed either: it is read again, and compared cart by cart."""
    guests, write = await ordered(shop, 2), parquet_rows.write
    await time.passes(KEPT)
    monkeypatch.setattr(parquet_rows, "write", lambda rows: write(fault(rows)))

    with pytest.raises(ExceptionGroup, match="could not be archived"):
        await CartArchiver(time.due.database, store).run(dry_run=False)

    assert await parts_of(shop, *guests) == all_of(*guests)


async def test_an_object_that_was_damaged_later_is_noticed(
    shop: Shop, store: ObjectStore, bucket: Bucket, time: Time
) -> None:
    """What is read is compared with the checksum of the cart's row: nothing wrong is shown."""
    (guest,) = await ordered(shop)
    await time.passes(KEPT)
    await CartArchiver(time.due.database, store).run(dry_run=False)
    ((key, content),) = bucket.objects(prefix(shop)).items()
    await store.put(key, parquet_rows.write(another_amount(parquet_rows.read(content))))

    async with shop.database.unit(shop.company_id) as unit:
        with pytest.raises(parquet_rows.RowDiffers):
            await ArchiveReader(store).read(unit, UUID(guest.cart_id))


async def test_a_company_whose_carts_cannot_be_archived_keeps_nobody_elses(
    shop: Shop, store: ObjectStore, time: Time
) -> None:
    """Its error is what the run ends with, after the others' carts."""
    other = await Shop.open(shop.client, shop.database)
    mine, theirs = await ordered(shop), await ordered(other)
    await time.passes(KEPT)

    async def damage(key: str, content: bytes) -> bytes:
        return content[:-20] if key.startswith(prefix(shop)) else content

    with pytest.raises(ExceptionGroup):
        await CartArchiver(time.due.database, InterferingStore(store, getting=damage)).run(dry_run=False)

    assert await archived(shop, *mine) == set()
    assert await archived(other, *theirs) == {theirs[0].cart_id}
