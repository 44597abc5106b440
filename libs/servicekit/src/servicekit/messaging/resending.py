"""Publishing what the outbox still has once more, under the event ids that it had.

For after a restore: what a consumer took in the time that was lost, its database has forgotten, and the broker has it
no more. Whoever has an event already recognises its id. What the outbox does not have any more is brought back by
`republishing`.
"""

from collections.abc import AsyncIterator
from datetime import datetime

from servicekit.db import Database

STEP = 2000
"""Rows in one transaction."""

_NEXT = """
UPDATE outbox SET published_at = NULL, last_error = NULL WHERE id IN (
    SELECT id FROM outbox WHERE published_at >= $1 AND published_at < $2 AND id > $3 ORDER BY id LIMIT $4
) RETURNING id
"""
_COUNT = "SELECT count(*) FROM outbox WHERE published_at >= $1"


async def count_published(database: Database, since: datetime) -> int:
    """How many events of the outbox were published since then: what `resend` would publish again."""
    async with database.system_unit() as unit:
        counted: int = await unit.fetchval(_COUNT, since)
        return counted


async def resend(database: Database, since: datetime) -> AsyncIterator[int]:
    """Have the relay publish again what was published from `since` until now; how many, step by step.

    In the order of the outbox, so an aggregate's events keep theirs. A run that is interrupted is begun again: what was
    published meanwhile is published once more.
    """
    async with database.system_unit() as unit:
        until: datetime = await unit.fetchval("SELECT now()")
    after = 0
    while True:
        async with database.system_unit() as unit:
            rows = await unit.fetch(_NEXT, since, until, after, STEP)
        if not rows:
            return
        after = max(row["id"] for row in rows)
        yield len(rows)
