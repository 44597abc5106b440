"""What is measured, in this order: the whole pipeline, then the api alone, then the machine's limits."""

import asyncio
import time
from collections.abc import Awaitable
from contextlib import suppress

from servicekit.db import Database
from servicekit.testing.databases import PoolSettings

from bench.api_processes import api_processes
from bench.backlog import Backlog, looking_at
from bench.errors import BenchError
from bench.limits.data import CARTS, LimitData, prepare
from bench.limits.pgbench import pgbench
from bench.limits.serving import bare_server
from bench.limits.transaction import Transaction, record
from bench.load.closed import closed_loop
from bench.load.requests import request
from bench.profile import profile
from bench.result import Measurement
from bench.session import Session
from bench.stack import API_ALONE

PIPELINE, ALONE, GATEWAY, TWO = "pipeline", "api alone", "gateway", "two api processes"
_LIMIT_CONNECTIONS = (1, 16)


async def pipeline(session: Session) -> None:
    """Adds at a steady rate while every service of the platform works, with what waits shown every second."""
    plan, stack = session.plan, session.stack
    adds = await session.requests_of("add item", plan.pipeline_rate * plan.pipeline_seconds)
    async with looking_at(stack) as backlog:
        await backlog.until_empty(time.monotonic())
        since = await backlog.moment()
        load = session.open(PIPELINE, "add item", stack.api_url, adds, plan.pipeline_rate, plan.pipeline_seconds)
        await _watched(session, backlog, load)
        ended = time.monotonic()
        session.report.caught_up_after = await backlog.until_empty(ended)
        session.report.delays = await backlog.delays(since)
        adds = await session.requests_of("add item", plan.prepared("add item"))
        await session.closed(PIPELINE, "add item", 16, stack.api_url, adds)


async def _watched(session: Session, backlog: Backlog, load: Awaitable[Measurement]) -> None:
    watching = asyncio.create_task(backlog.watch(time.monotonic(), session.report.backlog))
    try:
        await load
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def api_alone(session: Session) -> None:
    """The api with its database and Redis, and pricing for the codes; nobody relays or consumes."""
    plan, stack = session.plan, session.stack
    await stack.keep_only(API_ALONE)
    for operation, rate in plan.open_rates.items():
        for connections in plan.connections:
            requests = await session.requests_of(operation, plan.prepared(operation))
            await session.closed(ALONE, operation, connections, stack.api_url, requests)
        requests = await session.requests_of(operation, rate * plan.open_seconds)
        await session.open(ALONE, operation, stack.api_url, requests, rate, plan.open_seconds)


async def gateway(session: Session) -> None:
    """The same api through nginx; carts are made behind it, because there all of them would have one address."""
    for operation in ("add item", "get cart"):
        for connections in (1, 16):
            requests = await session.requests_of(operation, session.plan.prepared(operation))
            await session.closed(GATEWAY, operation, connections, session.stack.gateway_url, requests)


async def two_processes(session: Session) -> None:
    """Two api processes, which one machine of production has, behind one address."""
    async with api_processes(session.stack, 2) as apis:
        for operation in ("add item", "get cart", "apply code"):
            for connections in (16, 100):
                requests = await session.requests_of(operation, session.plan.prepared(operation))
                await session.closed(TWO, operation, connections, apis.address, requests, api=apis.pids)


async def profile_adds(session: Session) -> None:
    """Where the api's time goes under 16 connections; a machine that does not let us look says so in the report."""
    plan, stack = session.plan, session.stack
    requests = await session.requests_of("add item", plan.profile_seconds * 1_500)
    pid, file = stack.pids()["cart-api"], session.results.with_suffix(".folded")
    sampled = asyncio.create_task(profile(pid, plan.profile_seconds, file))
    file_of_requests = session.write(requests)
    load = closed_loop(stack.api_url, file_of_requests, connections=16, seconds=plan.profile_seconds + 1)
    results = await asyncio.gather(sampled, load, return_exceptions=True)
    match results[0]:
        case BenchError() as reason:
            session.report.notes.append(f"No profile: {reason}.")
        case BaseException() as error:
            raise error
        case shares:
            session.report.profile = shares


async def limits(session: Session) -> None:
    """What PostgreSQL, and a route with nothing around it, do with the same SQL."""
    data = await prepare(session.stack, session.shop, session.shoppers)
    transaction = await _recorded(data)
    for connections in _LIMIT_CONNECTIONS:
        load = pgbench(
            data, transaction, session.directory, connections=connections, seconds=session.plan.limit_seconds
        )
        await session.measure("pgbench", "add item", f"closed, {connections}", load, api=())
    async with bare_server(session.stack, data) as server:
        posts = [request("POST", f"/carts/{number}/items", {}, {}) for number in range(1, CARTS + 1)]
        for connections in _LIMIT_CONNECTIONS:
            file = session.write(posts)
            load = closed_loop(server.address, file, connections=connections, seconds=session.plan.limit_seconds)
            await session.measure("bare route", "add item", f"closed, {connections}", load, api=[server.pid])


async def _recorded(data: LimitData) -> Transaction:
    database = await Database.open(PoolSettings(data.database_url), service="bench")
    try:
        return await record(database, data.company_id, data.product_id)
    finally:
        await database.close()
