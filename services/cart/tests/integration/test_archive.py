"""Ordered carts of two years ago move into the archive, and none is lost on the way (operations.md, "Jobs")."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import httpx
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it has no types
import pytest
from cart.archive import parquet_rows, repository
from cart.archive.clients import ObjectStore, S3Store
from cart.archive.domain import KEPT
from cart.archive.use_cases.archive_carts import NO_BUCKET, CartArchiver
from cart.archive.use_cases.read_archived_cart import ArchiveReader
from cart.erasures.use_cases.erase_customer_carts import erase_customer_carts
from cart.main import create_app
from cart.rules.service import CompiledRulesCache
from cart.settings import CartSettings
from contracts.erasure import CustomerErasureRequested
from moto.server import ThreadedMotoServer
from pyarrow import BufferReader
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import FixedClock, published
from servicekit.testing.http import client_of

from ..archiving import Bucket, InterferingStore
from ..shop import Customer, Guest, Shop
from ..timers import Time
from .test_cleanup import Killed, MortalDatabase, all_of, parts_of
from .test_ordering import order

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def bucket() -> Generator[Bucket]:
    """Moto as S3 over HTTP; its address is what the AWS library reads from the environment."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL_S3", f"http://{host}:{port}")
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield Bucket("archive")
    server.stop()


@pytest.fixture(scope="module")
def settings(settings: CartSettings, bucket: Bucket) -> CartSettings:
    """The service with an archive."""
    return settings.model_copy(update={"archive_bucket": bucket.name})


@pytest.fixture(scope="module")
def store(settings: CartSettings, bucket: Bucket) -> ObjectStore:
    """The production's way to the bucket."""
    return S3Store(settings, bucket.name)


@pytest.fixture
async def shop(settings: CartSettings, database: Database, clock: FixedClock) -> AsyncGenerator[Shop]:
    """A shop by a clock that is moved by hand."""
    async with client_of(create_app(settings, clock)) as client:
        yield await Shop.open(client, database)


async def ordered(shop: Shop, count: int = 1, **lines: int) -> list[Guest]:
    """Guests who have ordered what was in their carts."""
    guests = [await shop.guest_cart(lines or {"mug": 2}) for _ in range(count)]
    for guest in guests:
        assert (await order(shop, guest, f"A-{guest.cart_id}")).status_code == 200
    return guests


async def seen(shop: Shop, cart_id: str, path: str = "", staff: dict[str, str] | None = None) -> httpx.Response:
    """What staff see of a cart."""
    params = {"explain": "true"} if not path else {}
    address = f"/api/admin/carts/{cart_id}{path}"
    return await shop.client.get(address, params=params, headers=staff or shop.staff("support"))


async def archived(shop: Shop, *guests: Guest) -> set[str]:
    """Which of these carts the archive has."""
    async with shop.database.unit(shop.company_id) as unit:
        places = [await repository.place_of(unit, UUID(guest.cart_id)) for guest in guests]
    return {str(place.cart_id) for place in places if place}


async def whole(shop: Shop, *guests: Guest) -> None:
    """Check that each cart is here or in the archive, whole, and that staff can read it."""
    here, there = await parts_of(shop, *guests), await archived(shop, *guests)
    assert all(carts == here["carts"] for carts in here.values())
    assert here["carts"].isdisjoint(there)
    assert here["carts"] | there == {guest.cart_id for guest in guests}
    for guest in guests:
        assert (await seen(shop, guest.cart_id)).json()["totals"]["total"] == 2500


def prefix(shop: Shop) -> str:
    """Where the company's objects are."""
    return f"carts/company_id={shop.company_id}/"


async def test_old_orders_are_read_from_the_archive_as_before(
    shop: Shop, store: ObjectStore, bucket: Bucket, time: Time
) -> None:
    """Two years after the order, to the day; a dry run counts; price, explanation and timeline are what they were."""
    (old,) = await ordered(shop)
    await time.passes(DAY)
    (young,) = await ordered(shop)
    before, timeline = await seen(shop, old.cart_id), await seen(shop, old.cart_id, "/activity")
    archiver = CartArchiver(time.due.database, store)
    await time.passes(KEPT - 2 * DAY)
    early = await archiver.run(dry_run=False)
    await time.passes(DAY)

    would, untouched = await archiver.run(dry_run=True), await parts_of(shop, old)
    did, again = await archiver.run(dry_run=False), await archiver.run(dry_run=False)

    assert (early.count, would.count, did.count, again.count) == (0, 1, 1, 0)
    assert untouched == all_of(old)
    assert await parts_of(shop, old, young) == all_of(young)
    assert (await seen(shop, old.cart_id)).json() == before.json()
    assert (await seen(shop, old.cart_id)).headers["etag"] == before.headers["etag"]
    assert (await seen(shop, old.cart_id, "/activity")).json() == timeline.json()
    assert (await seen(shop, young.cart_id)).status_code == 200
    (key,) = bucket.objects(prefix(shop))
    assert bucket.head(key)["ServerSideEncryption"] == "AES256"
    assert bucket.head(key)["ChecksumSHA256"]


async def test_the_timeline_is_paged_from_the_archive_too(shop: Shop, store: ObjectStore, time: Time) -> None:
    """A page at a time, and every entry once."""
    (guest,) = await ordered(shop)
    all_at_once = (await seen(shop, guest.cart_id, "/activity")).json()["items"]
    await time.passes(KEPT)
    await CartArchiver(time.due.database, store).run(dry_run=False)

    entries, cursor = [], None
    while cursor or not entries:
        page = await shop.client.get(
            f"/api/admin/carts/{guest.cart_id}/activity",
            params={"limit": 1, **({"cursor": cursor} if cursor else {})},
            headers=shop.staff(),
        )
        entries += page.json()["items"]
        cursor = page.json()["nextCursor"]

    assert entries == all_at_once


async def test_another_company_finds_nothing(shop: Shop, store: ObjectStore, time: Time) -> None:
    """What is another's does not exist, also in the archive; nor does a cart that never was."""
    (guest,) = await ordered(shop)
    other = await Shop.open(shop.client, shop.database)
    await time.passes(KEPT)
    await CartArchiver(time.due.database, store).run(dry_run=False)

    foreign = [await seen(shop, guest.cart_id, path, other.staff()) for path in ("", "/activity")]
    unknown = await seen(shop, str(new_id()))

    assert [answer.status_code for answer in (*foreign, unknown)] == [404, 404, 404]


async def test_an_order_of_the_archive_is_not_made_again(shop: Shop, store: ObjectStore, time: Time) -> None:
    """Another cart cannot be ordered under its order id (rules.md 16)."""
    (guest,) = await ordered(shop)
    await time.passes(KEPT)
    await CartArchiver(time.due.database, store).run(dry_run=False)

    again = await order(shop, await shop.guest_cart({"mug": 1}), f"A-{guest.cart_id}")

    assert (again.status_code, again.json()["code"]) == (409, "CART_CONVERTED")


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


async def orders_as(shop: Shop, customer_id: str) -> str:
    """A customer orders two mugs, engraved with their name; the cart's id."""
    customer = Customer(shop.customer(customer_id))
    cart = (await shop.client.post("/api/cart", json={}, headers=customer.headers)).json()
    body = {"productId": str(shop.products["mug"][0]), "quantity": 2, "meta": {"engraving": f"for {customer_id}"}}
    assert (await shop.client.post("/api/cart/items", json=body, headers=customer.headers)).is_success
    assert (await order(shop, Guest(cart["id"], "", {}), f"A-{cart['id']}")).status_code == 200
    return str(cart["id"])


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


async def test_without_a_bucket_nothing_is_done(shop: Shop, time: Time) -> None:
    """The run says so; carts that were archived before are answered 503, and no cart is 404."""
    guests = await ordered(shop)
    await time.passes(KEPT)

    result = await CartArchiver(time.due.database, None).run(dry_run=False)

    assert (result.count, result.details) == (0, {"archive": NO_BUCKET})
    assert await parts_of(shop, *guests) == all_of(*guests)


async def test_a_bucket_that_is_away_ends_the_run_and_support_is_told_to_come_back(
    shop: Shop, store: ObjectStore, settings: CartSettings, time: Time
) -> None:
    """One run archives nothing; what is there already cannot be read for the moment."""
    guests, away = await ordered(shop), S3Store(settings, "no-such-bucket")
    await time.passes(KEPT)
    with pytest.raises(Exception, match="NoSuchBucket"):
        await CartArchiver(time.due.database, away).run(dry_run=False)
    untouched = await parts_of(shop, *guests)
    await CartArchiver(time.due.database, store).run(dry_run=False)

    elsewhere = settings.model_copy(update={"archive_bucket": "no-such-bucket"})
    async with client_of(create_app(elsewhere, time.clock)) as client:
        answer = await client.get(f"/api/admin/carts/{guests[0].cart_id}", headers=shop.staff())

    assert untouched == all_of(*guests)
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
