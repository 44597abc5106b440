"""Ordered carts of two years ago move into the archive, and staff read them as before (operations.md, "Jobs")."""

from datetime import timedelta

import pytest
from cart.archive.clients import ObjectStore, S3Store
from cart.archive.domain import KEPT
from cart.archive.use_cases.archive_carts import NO_BUCKET, CartArchiver
from cart.main import create_app
from cart.settings import CartSettings
from servicekit.ids import new_id
from servicekit.testing.http import client_of

from ...archiving import Bucket
from ...shop import Shop
from ...timers import Time
from ..test_cleanup import all_of, parts_of
from ..test_ordering import order
from .orders import ordered, prefix, seen

DAY = timedelta(days=1)


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
