"""Forcing a race: holding locks that other transactions want, and knowing when they wait for them."""

from servicekit.db import Database
from servicekit.testing.polling import poll

_WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def until_blocked(database: Database, sessions: int = 1) -> None:
    """Return when so many sessions of the test's database wait for a lock; AssertionError if that does not happen."""

    async def waiting() -> int:
        async with database.system_unit() as unit:
            return int(await unit.fetchval(_WAITING))

    await poll(waiting, lambda count: count >= sessions, every_seconds=0.01)
