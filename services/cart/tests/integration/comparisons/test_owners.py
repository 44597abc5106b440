"""Whose a comparison is: shared by a link, brought along at sign-in, kept for 90 days after its last use."""

import asyncio
from unittest.mock import MagicMock

from cart.jobs import jobs
from servicekit.clock import SystemClock
from servicekit.jobs.job import JobContext

from ...comparing import Comparer
from ...shop import Shop
from ..test_customers import sign_in


async def test_a_link_shows_the_table_and_not_whose_it_is(shop: Shop) -> None:
    """Until it is revoked; the token is stored as a hash only."""
    comparer = Comparer.customer(shop, "ada")
    await comparer.has_compared("desk", "floor")
    link = (await comparer.sends("POST", "/share", {"days": 7})).json()
    path = f"/api/comparisons/shared/{link['token']}"
    shared = await shop.client.get(path, headers=shop.anybody())
    async with shop.database.unit(shop.company_id) as unit:
        rows = await unit.fetch("SELECT c::text AS row FROM product_comparisons c")

    await comparer.sends("DELETE", "/share")

    assert link["url"].endswith(f"/comparisons/{link['token']}")
    assert [item["sku"] for item in shared.json()["items"]] == ["desk", "floor"]
    assert shared.json()["attributes"][1] == {"name": "watts", "values": ["5", "12"], "differs": True}
    assert "ada" not in shared.text
    assert link["token"] not in rows[0]["row"]
    assert (await shop.client.get(path, headers=shop.anybody())).status_code == 404


async def test_a_guests_comparison_goes_into_the_customers_once(shop: Shop) -> None:
    """As far as there is room, without doubles; two sign-ins at once are one."""
    customer = Comparer.customer(shop)
    await customer.has_compared("desk", "floor", "night")
    comparer, guest = await Comparer.guest(shop)
    await comparer.has_compared("floor", "wall", "garden")

    await asyncio.gather(sign_in(shop, guest), sign_in(shop, guest))

    assert await customer.skus() == ["desk", "floor", "night", "wall"]
    assert (await comparer.sends("GET", "")).status_code == 404
    async with shop.database.unit(shop.company_id) as unit:
        assert await unit.fetchval("SELECT count(*) FROM product_comparisons") == 1


async def test_who_had_none_keeps_what_they_compared_on_every_device(shop: Shop) -> None:
    """It survives the session in which it was made."""
    comparer, guest = await Comparer.guest(shop)
    await comparer.has_compared("desk", "wall")

    await sign_in(shop, guest)

    assert await Comparer.customer(shop).skus() == ["desk", "wall"]


async def test_what_was_not_used_for_90_days_is_deleted(shop: Shop) -> None:
    """With its items, by the weekly job, and nothing else."""
    old, new = Comparer.customer(shop, "old"), Comparer.customer(shop, "new")
    await old.has_compared("desk")
    await new.has_compared("desk")
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute(
            "UPDATE product_comparisons SET expires_at = now() - interval '1 second' WHERE customer_id = 'old'"
        )

    [purge] = [job for job in jobs(MagicMock()) if "purgeOldComparisons" in job.aliases]
    due = await purge.run(JobContext(shop.database, SystemClock(), dry_run=True))
    await purge.run(JobContext(shop.database, SystemClock()))

    assert due == 1
    assert (await old.skus(), await new.skus()) == ([], ["desk"])
    async with shop.database.unit(shop.company_id) as unit:
        assert await unit.fetchval("SELECT count(*) FROM product_comparison_items") == 1
