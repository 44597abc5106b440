"""Whether what is asked of one cart, or of one company's, costs more when there are millions: both by turns."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from servicekit.db import Database
from servicekit.testing.databases import PoolSettings

from bench.api_processes import api_processes
from bench.growth.databases import FEW, LEAST, MANY, make_many, service_url
from bench.growth.finder import let_be_due
from bench.growth.result import Growth
from bench.growth.side import BUSIEST, ROUNDS, Requests, Side, interval
from bench.result import Measurement, merged
from bench.session import Session
from bench.stack import API_ALONE

_READ = 500
"""Carts that are read, the same ones on both sides."""


async def growth(session: Session) -> None:
    """Ask a database with a thousand carts and a copy with many more, each through an api of its own.

    Nobody relays or consumes meanwhile. Adds go to carts of each side's own: both apis ask one limiter.
    """
    await session.stack.keep_only(API_ALONE)
    reads = await session.shoppers.reads(_READ)
    await session.shoppers.filled(LEAST - _READ)
    requests = [Requests(reads, await _adds(session)) for _ in (FEW, MANY)]
    async with _opened(session, FEW) as database:
        await let_be_due(database, session.shop.company_id)
    await make_many(session)
    async with AsyncExitStack() as stack:
        few, many = [await _side(session, stack, *one) for one in zip((FEW, MANY), requests, strict=True)]
        session.report.growth = await _by_turns(session, few, many)


async def _adds(session: Session) -> list[list[bytes]]:
    """Adds for each round, no cart's too close to each other."""
    size = BUSIEST * interval(session.plan)
    adds = await session.requests_of("add item", size * ROUNDS)
    return [adds[turn * size : (turn + 1) * size] for turn in range(ROUNDS)]


async def _side(session: Session, stack: AsyncExitStack, name: str, requests: Requests) -> Side:
    database = await stack.enter_async_context(_opened(session, name))
    settings = {"DATABASE_URL": service_url(session, name)}
    apis = await stack.enter_async_context(api_processes(session.stack, 1, settings))
    return await Side.of(session, name, apis, database, requests)


@asynccontextmanager
async def _opened(session: Session, name: str) -> AsyncGenerator[Database]:
    database = await Database.open(PoolSettings(service_url(session, name)), service="bench")
    try:
        yield database
    finally:
        await database.close()


async def _by_turns(session: Session, few: Side, many: Side) -> list[Growth]:
    """Measure each operation on one side and at once on the other, in several rounds."""
    found: dict[str, tuple[list[Measurement], list[Measurement]]] = {}
    for turn in range(ROUNDS):
        for side in (few, many):
            await side.fold()
        ours, theirs = few.operations(turn), many.operations(turn)
        for operation in ours:
            before, after = found.setdefault(operation, ([], []))
            before.append(await ours[operation]())
            after.append(await theirs[operation]())
    grown = [Growth(merged(before), merged(after)) for before, after in found.values()]
    for one in grown:
        session.keep(one.few)
        session.keep(one.many)
    return grown
