"""The worker role: relay, consumers and timed jobs in one process, until SIGTERM (messaging.md, "Shutdown")."""

import asyncio
from collections.abc import Sequence

from servicekit import messaging_metrics as metrics
from servicekit.broker import Broker
from servicekit.consuming.batch import BatchConsumer
from servicekit.consuming.consumer import Consumer
from servicekit.consuming.settling import Settler
from servicekit.db import Database
from servicekit.job_runner import JobRunner
from servicekit.jobs import Job
from servicekit.maintenance import maintenance_jobs
from servicekit.relay import Relay
from servicekit.stopping import wait_for
from servicekit.subscriptions import QueuePlan, Subscriptions
from servicekit.topology import DELAYS, Delay, dead_letter_queue

DEPTH_SECONDS = 15.0


class Worker:
    """Everything of a service that does not answer HTTP. Any number of processes may run one."""

    def __init__(
        self,
        service: str,
        database: Database,
        broker: Broker,
        *,
        subscriptions: Subscriptions | None = None,
        jobs: Sequence[Job] = (),
        delays: Sequence[Delay] = DELAYS,
    ) -> None:
        self._service = service
        self._database = database
        self._broker = broker
        self._plans: Sequence[QueuePlan] = tuple(subscriptions.queues.values()) if subscriptions else ()
        self._jobs = JobRunner(database, (*jobs, *maintenance_jobs()))
        self._delays = delays

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop, then finish what is in hand. A part that fails unexpectedly ends the whole."""
        settler = Settler(self._broker, self._service, stop, self._delays)
        async with asyncio.TaskGroup() as group:
            group.create_task(Relay(self._database, self._broker, self._service).run(stop))
            group.create_task(self._jobs.run_on_schedule(stop))
            group.create_task(self._measure_depth(stop))
            for plan in self._plans:
                group.create_task(self._consumer(plan, settler).run(stop))

    def _consumer(self, plan: QueuePlan, settler: Settler) -> Consumer | BatchConsumer:
        if plan.batch:
            return BatchConsumer(self._database, self._broker, plan.name, plan.batch, settler)
        return Consumer(self._database, self._broker, plan, settler)

    async def _measure_depth(self, stop: asyncio.Event) -> None:
        names = [dead_letter_queue(self._service), *(plan.name for plan in self._plans)]
        while not await wait_for(stop, DEPTH_SECONDS):
            for name, depth in (await self._broker.depths(names)).items():
                metrics.QUEUE_DEPTH.labels(name).set(depth)
