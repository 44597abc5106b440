"""Several workers, and a rebuild beside them, count as one would alone."""

import asyncio
import random
from typing import Any
from uuid import UUID

from analytics.log import service as log
from analytics.projections.use_cases.digest import digest
from analytics.projections.use_cases.rebuild import rebuild
from analytics.subscriptions import subscriptions
from contracts.envelope import Envelope
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.messaging.dispatch import handle_batch

from ..cart_history import CartHistory  # no installed package


async def test_workers_that_share_carts_lose_and_double_nothing(database: Database, company_id: UUID) -> None:
    """Six workers get every event two times, in batches that overlap, while a rebuild runs: as one worker alone."""
    chance = random.Random(7)  # noqa: S311  # a shuffle, the same in every run
    events = [event for _ in range(30) for event in _life(company_id, chance)]
    (append,) = [plan.batch for plan in subscriptions.queues.values() if plan.batch]
    hands = [chance.sample(events, len(events) // 3) for _ in range(5)] + [chance.sample(events, len(events))]

    async def work(hand: list[Envelope[Any]]) -> None:
        for start in range(0, len(hand), 20):
            await handle_batch(database, append, hand[start : start + 20])

    async def rebuild_often() -> int:
        return sum([step.wrong for _ in range(5) async for step in rebuild(database, company_id)])

    *_, wrong = await asyncio.gather(*(work(hand) for hand in hands), rebuild_often())
    together = await digest(database, company_id)

    await _count_alone(database, company_id, events)
    assert wrong == 0
    assert await digest(database, company_id) == together


async def test_workers_whose_batches_have_the_same_companies_never_deadlock(database: Database) -> None:
    """Two workers with carts of many companies, and every event twice, under ids in opposite orders."""
    chance, companies = random.Random(11), [new_id() for _ in range(6)]  # noqa: S311  # the same in every run
    events = [event for _ in range(4) for company in companies for event in _life(company, chance)]
    (append,) = [plan.batch for plan in subscriptions.queues.values() if plan.batch]

    chance.shuffle(events)
    for start in range(0, len(events), 36):
        batch = events[start : start + 36]
        backwards = sorted(batch, key=lambda event: event.id, reverse=True)
        again = [event.model_copy(update={"id": new_id()}) for event in backwards]
        # raises when it is the victim
        await asyncio.gather(handle_batch(database, append, batch), handle_batch(database, append, again))
    together = [await digest(database, company) for company in companies]

    for company in companies:
        await _count_alone(database, company, [event for event in events if event.companyid == company])
    assert [await digest(database, company) for company in companies] == together


async def _count_alone(database: Database, company_id: UUID, events: list[Envelope[Any]]) -> None:
    async with database.system_unit() as unit:
        for table in ("events", "cart_facts", "cart_products", "figures"):
            await unit.execute(f"DELETE FROM {table} WHERE company_id = $1", company_id)
        await log.append(unit, events)


def _life(company_id: UUID, chance: random.Random) -> list[Envelope[Any]]:
    cart, product = CartHistory(company_id, site_id=SITE), chance.choice(PRODUCTS)
    life = [cart.created(), cart.added(product), cart.viewed(), cart.abandoned(), cart.reactivated()]
    return [*life, cart.added(product, 2), cart.held(), cart.converted(), cart.recovered()]


SITE = new_id()
PRODUCTS = [new_id() for _ in range(3)]


async def test_who_reads_the_steps_of_a_rebuild_slowly_keeps_no_transaction_open(
    database: Database, company_id: UUID
) -> None:
    """A progress bar that stands still would otherwise lock the figures, and lose them with its connection."""
    await _count_alone(database, company_id, _life(company_id, random.Random(3)))  # noqa: S311  # the same in every run

    open_at_a_step = [await _transactions_of_others(database) async for _ in rebuild(database, company_id)]

    assert len(open_at_a_step) > 1
    assert set(open_at_a_step) == {0}


async def _transactions_of_others(database: Database) -> int:
    """How many connections to this database, beside the one that asks, are in a transaction and do nothing."""
    async with database.system_unit() as unit:
        count: int = await unit.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
        )
    return count
