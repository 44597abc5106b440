"""What the relay's look at the outbox costs: it reads what waits, however much was published before."""

import json
from typing import Any

from servicekit.db import Database, SystemUnit
from servicekit.ids import new_id
from servicekit.messaging import relay

PUBLISHED, WAITING = 300_000, 10

_FILL = """
INSERT INTO outbox (event_id, company_id, aggregate_type, aggregate_id, aggregate_version, type, dataschema,
                    routing_key, data, occurred_at, published_at)
SELECT gen_random_uuid(), $1, 'cart', $1, n, 'cart.created.v1', 'schema', 'cart.created.v1', '{}', now(),
       CASE WHEN n <= $2::int THEN now() END
FROM generate_series(1, $2::int + $3::int) AS n
"""
_MOST_PAGES = 50
"""The index's few pages and those of the rows that wait; the published rows alone are more than 5,000."""


async def test_a_look_does_not_read_what_was_published(database: Database) -> None:
    """Three hundred thousand published rows, ten that wait."""
    async with database.system_unit() as unit:
        await unit.execute(_FILL, new_id(), PUBLISHED, WAITING)
        await unit.execute("ANALYZE outbox")

        indexed = await looked(unit)
        await unit.execute("DROP INDEX outbox_waiting")
        otherwise = await looked(unit)

    assert indexed["Plan"]["Actual Rows"] == otherwise["Plan"]["Actual Rows"] == WAITING
    assert "outbox_waiting" in json.dumps(indexed)
    assert pages(indexed) <= _MOST_PAGES < pages(otherwise)


async def looked(unit: SystemUnit) -> dict[str, Any]:
    """The plan of one look, with what it really read."""
    on_the_way: list[int] = []
    answer = await unit.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {relay.WAITING}", on_the_way)
    plan: dict[str, Any] = json.loads(answer)[0] if isinstance(answer, str) else answer[0]
    return plan


def pages(plan: dict[str, Any]) -> int:
    """How many pages of tables and indexes a plan touched."""
    top = plan["Plan"]
    return int(top["Shared Hit Blocks"]) + int(top["Shared Read Blocks"])
