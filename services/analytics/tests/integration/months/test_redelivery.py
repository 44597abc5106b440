"""An event is in the log once, in whatever month it is looked for (rules.md 32)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from analytics.log import repository
from analytics.months.service import keep_months
from servicekit.db import Database
from servicekit.ids import new_id

from ...cart_history import NOON, CartHistory
from .log import append, months_before, sale, site_changed, sizes


async def test_a_redelivery_is_refused_whatever_month_it_is_of(database: Database, company_id: UUID) -> None:
    """Under its own id, under another id, and of other state than carts also at another time (rules.md 32)."""
    await keep_months(database, None, dry_run=False)
    changed = site_changed(company_id, months_before(2))
    events = [*sale(company_id, months_before(1)), changed]
    first = await append(database, events)
    later = changed.model_copy(update={"id": new_id(), "time": NOON})
    latest = changed.model_copy(update={"id": new_id(), "time": NOON + timedelta(days=40)})

    again = await append(database, events)
    renamed = await append(database, [event.model_copy(update={"id": new_id()}) for event in events])
    moved = await append(database, [later, latest])

    assert (first, again, renamed, moved) == (5, 0, 0, 0)
    assert sum((await sizes(database)).values()) == 5


async def test_one_event_under_two_ids_in_one_batch_is_kept_once(database: Database, company_id: UUID) -> None:
    """Also at two times."""
    held = CartHistory(company_id).held()
    again = held.model_copy(update={"id": new_id(), "time": held.time + timedelta(days=60)})

    assert await append(database, [held, again]) == 1


def test_an_event_that_is_no_carts_may_come_at_another_time() -> None:
    """What is looked for in all months: an owner publishes its present state again under a time of now."""
    cart = CartHistory(new_id())
    created, held = (repository.LogEntry.of(event) for event in (cart.created(), cart.held()))

    assert (created.has_one_time, held.has_one_time) == (True, False)
    assert replace(held, occurred_at=NOON).key == held.key
