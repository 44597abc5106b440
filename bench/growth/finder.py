"""What the worker asks every second: which carts are due, over all companies; by its own code, past the api."""

import time
from uuid import UUID

from cart.carts.persistence import timers
from servicekit.db import Database

from bench.histogram import Histogram
from bench.result import Load

LIMIT = 200
"""Carts that one call finds at most."""
_LET_BE_DUE = """
UPDATE carts SET check_at = now() - interval '1 minute' WHERE company_id = $1 AND id IN (
    SELECT id FROM carts WHERE company_id = $1 AND status = 'ACTIVE' AND item_count > 0 ORDER BY id LIMIT $2)
"""


async def let_be_due(database: Database, company_id: UUID) -> None:
    """Have as many carts of the company due as one call finds; there is no worker that would take them."""
    async with database.unit(company_id) as unit:
        await unit.execute(_LET_BE_DUE, company_id, LIMIT)


async def find(database: Database, seconds: float) -> Load:
    """Look for carts that are due for abandonment, one call after the other, each a transaction."""
    histogram, cpu, began = Histogram(), time.process_time(), time.perf_counter()
    while (at := time.perf_counter()) < began + seconds:
        async with database.system_unit() as unit:
            await timers.due(unit, timers.FOR_ABANDONMENT, unit.now, LIMIT)
        histogram.add(time.perf_counter() - at)
    spent = time.process_time() - cpu
    return Load(time.perf_counter() - began, {"200": histogram.total}, histogram, spent)
