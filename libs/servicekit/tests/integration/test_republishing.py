"""The state as events again: in pages that are transactions, from where a run stopped, and no faster than the relay."""

from uuid import UUID

import asyncpg
import pytest
from contracts.cart import CartCreated
from contracts.envelope import Envelope, RecordedEvent
from servicekit.db import Database, SystemUnit, TenantUnit, Unit
from servicekit.ids import new_id
from servicekit.messaging import outbox
from servicekit.messaging.republishing import Cursor, Limits, Progress, PublishedState, Source, republish
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.testing import poll, published

from .conftest import Working
from .delivering import bodies, note, publish
from .recorded_events import created

TWO = Limits(page=2, backlog=1000)


class Carts:
    """Companies with carts, as a service would read them from its tables."""

    def __init__(self, *counts: int) -> None:
        self.of = {new_id(): sorted(new_id() for _ in range(count)) for count in counts}

    @property
    def all(self) -> set[UUID]:
        """Every cart."""
        return {cart for carts in self.of.values() for cart in carts}

    def state(self, **sources: Source) -> PublishedState:
        """What is published of them, and what else a test has."""
        return PublishedState(self.companies, {"carts": self.page, **sources})

    async def companies(self, unit: SystemUnit, after: UUID | None, limit: int) -> list[UUID]:
        """A page of companies."""
        return [company for company in sorted(self.of) if after is None or company > after][:limit]

    async def page(self, unit: TenantUnit, after: UUID | None, limit: int) -> list[RecordedEvent[CartCreated]]:
        """A page of a company's carts."""
        carts = [cart for cart in self.of[unit.company_id] if after is None or cart > after]
        return [created(unit.company_id, cart_id=cart) for cart in carts[:limit]]

    async def republished(self, database: Database) -> dict[UUID, int]:
        """The carts in the outbox, each with the transaction that wrote it."""
        events = await published(database, CartCreated)
        return {event.aggregate_id: event.transaction for event in events if event.company_id in self.of}


async def sends(database: Database) -> None:
    """Do what the relay does with all that waits."""
    async with database.system_unit() as unit:
        await unit.execute("UPDATE outbox SET published_at = now() WHERE published_at IS NULL")


async def run(steps: list[Progress], database: Database, state: PublishedState, after: Cursor | None = None) -> None:
    """Publish the state again, its steps noted as they are printed; what a run that fails has noted stays."""
    async for step in republish(database, state, after=after, limits=TWO):
        steps.append(step)  # a comprehension would lose them when the run fails


async def test_each_page_is_a_transaction(database: Database) -> None:
    """However much there is, no transaction writes more than a page, and every company comes to its end."""
    carts, steps = Carts(5, 0, 1, 4), list[Progress]()

    await run(steps, database, carts.state())

    written = await carts.republished(database)
    transactions = list(written.values())
    assert set(written) == carts.all
    assert max(transactions.count(one) for one in transactions) == 2
    assert steps[-1].events == 10


async def test_a_run_goes_on_after_the_page_that_was_committed_last(database: Database) -> None:
    """One that is ended amid a page has lost nothing before it; the next begins at its cursor, as that is printed."""
    carts, steps, rest = Carts(5, 3), list[Progress](), list[Progress]()
    broken = carts.state(broken=_fails)
    with pytest.raises(RuntimeError, match="killed"):
        await run(steps, database, broken)
    first = await carts.republished(database)
    cursor = Cursor.parse(str(steps[-1].cursor), carts.state())

    await run(rest, database, carts.state(), cursor)

    written = await carts.republished(database)
    assert steps[-1].events + rest[-1].events == 8
    assert set(written) == carts.all
    assert {cart: written[cart] for cart in first} == first


async def _fails(unit: TenantUnit, after: UUID | None, limit: int) -> list[RecordedEvent[CartCreated]]:
    await outbox.add(unit, created(unit.company_id))
    raise RuntimeError("killed")


async def test_a_page_waits_until_the_relay_has_caught_up(database: Database, company_id: UUID) -> None:
    """The outbox grows by a bound and a page at most, and what a shopper does is not behind all of it."""
    await sends(database)
    carts = Carts(9)
    most = 0

    async for step in republish(database, carts.state(), limits=Limits(page=2, backlog=3)):
        if step.waiting:
            assert step.waiting == 4
            await sends(database)
        async with database.system_unit() as unit:
            most = max(most, await outbox.count_waiting(unit, 100))

    assert most == 4
    assert set(await carts.republished(database)) == carts.all


async def test_one_company_alone(database: Database) -> None:
    """The others' state is left alone, whether it is begun or gone on with."""
    carts = Carts(3, 3)
    [mine, theirs] = carts.of
    steps = [step async for step in republish(database, carts.state(), company_id=mine, limits=TWO)]
    again = [
        step async for step in republish(database, carts.state(), company_id=mine, after=steps[0].cursor, limits=TWO)
    ]

    assert (steps[-1].events, again[-1].events) == (3, 1)
    assert set(await carts.republished(database)) == set(carts.of[mine])
    assert set(carts.of[theirs]).isdisjoint(await carts.republished(database))


async def test_a_page_that_met_a_lock_is_begun_again(database: Database) -> None:
    """A purge or another run beside it costs a pause, not the run."""
    carts, steps, met = Carts(3), list[Progress](), list[UUID]()

    async def locked_once(unit: TenantUnit, after: UUID | None, limit: int) -> list[RecordedEvent[CartCreated]]:
        if not met:
            met.append(unit.company_id)
            raise asyncpg.LockNotAvailableError
        return await carts.page(unit, after, limit)

    await run(steps, database, PublishedState(carts.companies, {"carts": locked_once}))

    assert steps[-1].events == 3
    assert set(await carts.republished(database)) == carts.all


async def test_a_cursor_of_something_else_is_refused() -> None:
    """A typing error does not begin somewhere."""
    carts = Carts(1)
    [company] = carts.of

    for text in ("", "carts", f"{company}/orders/{company}", f"{company}/carts/7"):
        with pytest.raises(ValueError, match=r".+"):
            Cursor.parse(text, carts.state())


async def test_an_emptied_replica_is_filled_again(
    database: Database, subscriptions: Subscriptions[None], working: Working
) -> None:
    """Its inbox remembers every event that it ever had, so what is republished has other ids; and it does so twice."""
    carts = Carts(3)
    [company] = carts.of

    @subscriptions.on(CartCreated, name="notes.keep", queue="carts")
    async def keep(event: Envelope[CartCreated], unit: Unit) -> None:
        await note(event, unit, str(event.subject))

    everything = sorted(str(cart) for cart in carts.all)
    async with working(subscriptions):
        await publish(database, company, *(created(company, cart_id=cart) for cart in carts.all))
        await poll(lambda: bodies(database, company), lambda notes: notes == everything)
        for _ in range(2):
            async with database.unit(company) as unit:
                await unit.execute("DELETE FROM notes")
            await run([], database, carts.state())
            await poll(lambda: bodies(database, company), lambda notes: notes == everything)
