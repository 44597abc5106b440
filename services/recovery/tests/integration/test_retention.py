"""What is left of a recovery, and for how long."""

from datetime import timedelta
from unittest.mock import MagicMock

import httpx
from recovery.jobs import RECOVERIES_KEPT, jobs
from servicekit.jobs.job import JobContext

from ..mails import token_of
from ..scene import HOUR, Scene

TABLES = ("recoveries", "recovery_messages", "recovery_clicks")


async def test_an_old_recovery_goes_with_its_mails_and_clicks(scene: Scene, client: httpx.AsyncClient) -> None:
    """After two years; a younger one stays with all of its own."""
    old, young = scene.cart(), scene.cart()
    for cart in (old, young):
        await scene.gives(cart)
        await scene.abandons(cart)
        *_, mail = await scene.later(HOUR)
        await client.post(f"/api/cart/recovery/{token_of(mail)}/click")
        await scene.orders(cart)
        await scene.later(timedelta(days=2))
    async with scene.database.unit(scene.company_id) as unit:
        for cart, age in ((old, RECOVERIES_KEPT + timedelta(1)), (young, RECOVERIES_KEPT - timedelta(1))):
            await unit.execute("UPDATE recoveries SET created_at = $1 WHERE cart_id = $2", unit.now - age, cart.id)
    [purge] = [job for job in jobs(MagicMock(settings=scene.settings)) if job.name == "RecoveryPurge"]

    await purge.run(JobContext(scene.database, scene.clock))

    kept = [await scene.one(f"SELECT count(*) FROM {table} WHERE company_id = $1") for table in TABLES]
    assert kept == [1, 1, 1]
    assert await scene.one("SELECT cart_id FROM recoveries WHERE company_id = $1") == young.id
