"""An outbox that has filled up, drained by one relay: as after an outage of the broker."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aio_pika
import asyncpg
import psutil
from pamqp.common import FieldTable
from servicekit.messaging.topology import EVENTS

from bench.consuming.workers import running_workers
from bench.cpu import cpu_seconds, spent_between
from bench.draining.result import Drain
from bench.errors import BenchError
from bench.session import Session
from bench.stack import Stack

TYPE = "bench.drained.v1"
"""Events that no service wants, so that nobody consumes on the same cores."""
_KEPT = 20_000
"""How many messages the queue keeps; the oldest make room, as if somebody had consumed them."""
_WAIT_SECONDS, _LOOK_SECONDS = 900.0, 0.1
_SEED = """
INSERT INTO outbox (event_id, company_id, aggregate_type, aggregate_id, aggregate_version, type, dataschema,
                    routing_key, data, traceparent, correlation_id, occurred_at)
SELECT gen_random_uuid(), $2::uuid, 'bench', md5((n % 1000)::text)::uuid, n, $3, 'https://cartwheel.test/bench', $3,
       jsonb_build_object('pad', repeat('x', 700)), '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
       'bench', now()
FROM generate_series(1, $1::int) AS n
"""
_WAITS = "SELECT EXISTS (SELECT FROM outbox WHERE published_at IS NULL)"
_SENT = "SELECT count(*) FROM outbox WHERE type = $1 AND published_at IS NOT NULL"


async def drain(session: Session) -> None:
    """Fill cart's outbox while no worker runs, start one, and count from its first marks on."""
    stack, running = session.stack, session.stack.pids()
    settings = psutil.Process(running["cart-api"]).environ()  # those of its worker, which may be gone
    await stack.keep_only([name for name in running if not name.endswith("-worker")])
    async with stack.looking_into("cart") as cart, _bounded_queue(stack):
        await cart.execute(_SEED, session.plan.drained_events, session.shop.company_id, TYPE)
        async with running_workers(stack, "cart", settings, 1) as workers:
            parts = {"relay": workers.pids, "postgres": [running["postgres"]], "rabbitmq": [running["rabbitmq"]]}
            already = await _begun(cart)
            before, began = cpu_seconds(parts), time.monotonic()
            await _until_drained(cart)
            found = Drain(
                session.plan.drained_events - already,
                time.monotonic() - began,
                spent_between(before, cpu_seconds(parts)),
            )
    session.report.drained.append(found)
    session.console.print("  ".join(map(str, found.row())), highlight=False)


@asynccontextmanager
async def _bounded_queue(stack: Stack) -> AsyncGenerator[None]:
    async with await aio_pika.connect(stack.addresses.servers.rabbitmq_url) as broker:
        channel = await broker.channel()
        arguments: FieldTable = {"x-queue-type": "quorum", "x-max-length": _KEPT}
        queue = await channel.declare_queue("bench.drained", durable=True, arguments=arguments)
        await queue.bind(EVENTS, TYPE)
        try:
            yield
        finally:
            await queue.delete(if_unused=False, if_empty=False)


async def _begun(cart: "asyncpg.Connection[asyncpg.Record]") -> int:
    """Wait until some are marked, the worker having started, and return how many."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while not (sent := int(await cart.fetchval(_SENT, TYPE))):
        await _look_again(deadline)
    return sent


async def _until_drained(cart: "asyncpg.Connection[asyncpg.Record]") -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while await cart.fetchval(_WAITS):
        await _look_again(deadline)


async def _look_again(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise BenchError(f"the outbox was not drained within {_WAIT_SECONDS:.0f} s")
    await asyncio.sleep(_LOOK_SECONDS)
