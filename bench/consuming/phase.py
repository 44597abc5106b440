"""Backlogs taken in by analytics with one worker and with several, and by recovery with one."""

import time

import psutil

from bench.consuming.events import backlog_of
from bench.consuming.queues import Queues, queues_of
from bench.consuming.result import Consumption
from bench.consuming.workers import Workers, running_workers
from bench.cpu import cpu_seconds, spent_between
from bench.session import Session

CASES = (("analytics", 1, 20), ("analytics", 2, 20), ("analytics", 4, 20), ("analytics", 1, 1), ("analytics", 2, 1))
"""Service, workers, companies."""
RECOVERY = ("recovery", 1, 20)


async def consumers(session: Session) -> None:
    """Each case with a backlog of its own, while no other worker runs."""
    running = session.stack.pids()
    settings = {
        service: psutil.Process(running[f"{service}-worker"]).environ() for service in ("analytics", "recovery")
    }
    await session.stack.keep_only([name for name in running if not name.endswith("-worker")])
    for service, count, companies in (*CASES, RECOVERY):
        async with (
            queues_of(session.stack, service) as queues,
            running_workers(session.stack, service, settings[service], count) as workers,
        ):
            await queues.until_consumed_by(count)
            found = await _measured(session, service, queues, workers, companies)
        session.report.consumed.append(found)
        session.console.print(found.one_line(), highlight=False, soft_wrap=True)


async def _measured(session: Session, service: str, queues: Queues, workers: Workers, companies: int) -> Consumption:
    events = backlog_of(session.plan.consumed_events, companies)
    deliveries, expected = queues.deliveries(events), await queues.handled() + queues.effects(events)
    workers.pause()
    await queues.publish(deliveries)
    running = session.stack.pids()
    parts = {"workers": workers.pids, "postgres": [running["postgres"]], "rabbitmq": [running["rabbitmq"]]}
    before, began = cpu_seconds(parts), time.monotonic()
    workers.go_on()
    await queues.until_handled(expected)
    seconds = time.monotonic() - began
    spent = spent_between(before, cpu_seconds(parts))
    return Consumption(service, len(workers.pids), companies, len(deliveries), seconds, spent)
