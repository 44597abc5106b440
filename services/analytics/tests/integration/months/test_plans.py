"""What reads the log reads the months that it is about, by an index."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from analytics.log import repository
from analytics.months.domain import AHEAD
from analytics.months.service import keep_months
from analytics.reports import repository as reports
from servicekit.db import Database
from servicekit.ids import new_id

from ...cart_history import NOON
from .log import append, months_before, sale


@pytest.mark.parametrize(
    ("sql", "args", "parts"),
    [
        (repository._OF_CARTS, ([new_id()], ["cart.updated.v1"]), None),
        (repository._PAGE_OF_CART, (new_id(), None, None, 50), None),
        (repository._NEWEST, (["cart.site_changed.v1"],), None),
        (reports._EVENTS, (NOON - timedelta(days=20), NOON, None, [NOON], ["upsell.shown.v1"]), 2),
        (
            reports._PROMOTIONS,
            ("EUR", NOON - timedelta(days=20), NOON, None, "cart.converted.v1", 10),
            2,
        ),
    ],
    ids=["events of carts", "page of a cart", "newest of aggregates", "series", "promotions"],
)
async def test_no_query_reads_the_log_from_end_to_end(
    database: Database, company_id: UUID, sql: str, args: tuple[object, ...], parts: int | None
) -> None:
    """Each part is read by an index; a report of twenty days opens two months, and the default part."""
    await append(database, sale(company_id, months_before(14)))
    await keep_months(database, None, dry_run=False)
    async with database.unit(company_id) as unit:
        await unit.execute("SET LOCAL enable_seqscan = off")  # a part is empty, or nearly

        plan = [row[0] for row in await unit.fetch(f"EXPLAIN {sql}", company_id, *args)]

    assert read_by_index(plan)
    assert parts is None or len(opened(plan)) <= parts


async def test_a_query_that_reads_the_log_from_end_to_end_is_found(database: Database, company_id: UUID) -> None:
    """What somebody would see who asks for something that no index has, or for no time."""
    await keep_months(database, None, dry_run=False)
    async with database.unit(company_id) as unit:
        await unit.execute("SET LOCAL enable_seqscan = off")
        plan = [row[0] for row in await unit.fetch("EXPLAIN SELECT FROM events WHERE received_at > now()")]

    assert not read_by_index(plan)
    assert len(opened(plan)) == AHEAD + 2


def opened(plan: Sequence[str]) -> list[str]:
    """The lines of a plan that open a part of the log."""
    return [line for line in plan if " on events_" in line and "Bitmap Index" not in line]


def read_by_index(plan: Sequence[str]) -> bool:
    """Whether a plan opens parts of the log, and each by an index."""
    return bool(opened(plan)) and not any("Seq Scan" in line for line in opened(plan))
