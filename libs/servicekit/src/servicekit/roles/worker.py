"""What a worker does with messages: relay and consumers, until SIGTERM (messaging.md, "Shutdown")."""

import asyncio
from collections.abc import Sequence
from typing import Any

from servicekit.db import Database
from servicekit.messaging.broker import Broker
from servicekit.messaging.consuming.batch import BatchConsumer
from servicekit.messaging.consuming.breaker import PAUSES, Pauses, QueueBreaker
from servicekit.messaging.consuming.consumer import Consumer
from servicekit.messaging.consuming.failed_messages import FailedMessages
from servicekit.messaging.measuring import measure_outbox, measure_queues
from servicekit.messaging.relay import Observer, Relay
from servicekit.messaging.subscriptions import QueuePlan, Subscriptions
from servicekit.messaging.topology import DELAYS, UNROUTED, Delay, dead_letter_queue
from servicekit.observability.ending import lasting
from servicekit.shutdown import wait_for

MEASURE_SECONDS = 15.0


class Worker:
    """Publishes what a service's outbox holds and handles what its queues hold. Any number of processes may run one."""

    def __init__(
        self,
        service: str,
        database: Database,
        broker: Broker,
        *,
        subscriptions: Subscriptions[Any] | None = None,
        delays: Sequence[Delay] = DELAYS,
        pauses: Pauses = PAUSES,
        observe: Observer | None = None,
    ) -> None:
        self._service = service
        self._database = database
        self._broker = broker
        self._plans: Sequence[QueuePlan] = tuple(subscriptions.queues.values()) if subscriptions else ()
        self._delays = delays
        self._observe = observe
        self._breakers = {plan.name: QueueBreaker(plan.name, pauses) for plan in self._plans}

    @property
    def paused_queues(self) -> Sequence[str]:
        """The queues that this worker takes nothing of, because every message fails."""
        return [name for name, breaker in self._breakers.items() if breaker.is_open]

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish what is in hand. A part that fails or ends before ends the whole."""
        failed = FailedMessages(self._broker, self._service, stop, self._delays)
        relay = Relay(self._database, self._broker, self._service, self._observe)
        parts = {"the relay": relay.run(stop), "measuring": self._measure(stop)}
        parts |= {f"consuming {plan.name}": self._consumer(plan, failed).run(stop) for plan in self._plans}
        async with asyncio.TaskGroup() as group:
            for name, part in parts.items():
                group.create_task(lasting(name, part, stop))

    def _consumer(self, plan: QueuePlan, failed: FailedMessages) -> Consumer | BatchConsumer:
        breaker = self._breakers[plan.name]
        if plan.batch:
            return BatchConsumer(self._database, self._broker, plan.name, plan.batch, failed, breaker)
        return Consumer(self._database, self._broker, plan, failed, breaker)

    async def _measure(self, stop: asyncio.Event) -> None:
        names = [UNROUTED, dead_letter_queue(self._service), *(plan.name for plan in self._plans)]
        while not stop.is_set():
            await measure_outbox(self._database)
            await measure_queues(self._broker, names)
            await wait_for(stop, MEASURE_SECONDS)
