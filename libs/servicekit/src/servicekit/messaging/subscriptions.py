"""Which handler of a service listens to which event, on which queue: a table of contents, without any I/O.

Queues are named `{service}.{queue}`. Handler names are explicit and permanent: they are what the inbox remembers, so a
rename would consume everything again.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

from contracts.base import Event
from contracts.envelope import Envelope
from contracts.erasure import CustomerErasureRequested

from servicekit.db import SystemUnit, TenantUnit

E = TypeVar("E", bound=Event)
PartsT = TypeVar("PartsT")
Handler = Callable[[Envelope[Any], TenantUnit], Awaitable[None]]
Afterwards = Callable[[Envelope[Any]], None]
BatchHandler = Callable[[Sequence[Envelope[Any]], SystemUnit], Awaitable[None]]
if TYPE_CHECKING:
    HandlerOf = Callable[[Envelope[E], TenantUnit], Awaitable[None]]
    Decorator = Callable[[HandlerOf[E]], HandlerOf[E]]


class Eraser(Protocol):
    """Erases what the chassis keeps of a customer: `servicekit.messaging.erasing.ChassisEraser`."""

    async def erase(self, unit: TenantUnit, event: Envelope[CustomerErasureRequested]) -> None:
        """Erase it; idempotent."""


PREFETCH = 20
"""Unacknowledged messages a worker may hold of one queue."""


class Unprocessable(Exception):
    """Raised by a handler for an event that no retry can help: it is dead-lettered at once, with this reason."""


class SubscriptionConflict(Exception):
    """Two subscriptions of a service contradict each other; raised when its module is imported."""


class NotRunning(Exception):
    """A handler wants the parts of its worker, and no worker has given them."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One handler: runs once per event, in a transaction of the event's tenant."""

    name: str
    events: frozenset[str]
    handle: Handler
    afterwards: Afterwards | None = None


@dataclass(frozen=True, slots=True)
class BatchSubscription:
    """One handler of many events at a time, in a system transaction; only events it has not seen.

    A batch is `size` events, or those that came within `linger_seconds` of its first. The handler runs for each share
    of it that its companies are divided into.
    """

    name: str
    events: frozenset[str]
    handle: BatchHandler
    size: int
    linger_seconds: float


@dataclass(slots=True)
class QueuePlan:
    """What consumes one queue: several handlers, or one batch handler."""

    name: str
    handlers: list[Subscription] = field(default_factory=list)
    batch: BatchSubscription | None = None

    @property
    def subscriptions(self) -> Iterable[Subscription | BatchSubscription]:
        """Every subscription of the queue."""
        return [*self.handlers, *([self.batch] if self.batch else [])]

    @property
    def routing_keys(self) -> frozenset[str]:
        """The event types the queue is bound to."""
        return frozenset[str]().union(*(subscription.events for subscription in self.subscriptions))

    @property
    def prefetch(self) -> int:
        """How many messages a worker holds at a time."""
        return self.batch.size if self.batch else PREFETCH


class Subscriptions(Generic[PartsT]):
    """The handlers of one service, filled by decorators when its subscriptions module is imported.

    Handlers reach the parts of their process (`Service.open_parts`) by `parts`; a service without parts has None.
    """

    def __init__(self, service: str) -> None:
        self.service = service
        self.queues: dict[str, QueuePlan] = {}
        self._parts: tuple[PartsT] | None = None
        self._eraser: Eraser | None = None

    @property
    def parts(self) -> PartsT:
        """The parts of the worker that runs the handlers; raises NotRunning before it has started."""
        if self._parts is None:
            raise NotRunning(f"no worker of {self.service} has started in this process")
        return self._parts[0]

    @property
    def eraser(self) -> "Eraser":
        """What erases what the chassis keeps of customers; raises NotRunning as `parts` does."""
        if self._eraser is None:
            raise NotRunning(f"no worker of {self.service} has started in this process")
        return self._eraser

    def bind(self, parts: PartsT, eraser: "Eraser | None" = None) -> None:
        """Give the handlers their parts; a process does so once, before the first message."""
        self._parts = (parts,)
        self._eraser = eraser

    @overload
    def on(
        self,
        event: type[E],
        /,
        *,
        name: str,
        queue: str,
        afterwards: Callable[[PartsT, Envelope[Any]], None] | None = None,
    ) -> "Decorator[E]": ...

    @overload
    def on(
        self,
        *events: type[Event],
        name: str,
        queue: str,
        afterwards: Callable[[PartsT, Envelope[Any]], None] | None = None,
    ) -> "Decorator[Any]": ...

    def on(
        self,
        *events: type[Event],
        name: str,
        queue: str,
        afterwards: Callable[[PartsT, Envelope[Any]], None] | None = None,
    ) -> "Decorator[Any]":
        """Run the decorated handler once for each such event.

        The handler runs in a transaction of its own, with the event's company as tenant. What it raises rolls that back
        and leads to a retry, after the last of which the event is dead-lettered. Other transactions' locks and an
        absent database cost no retry. `afterwards` is called with the worker's parts and the event when that is
        committed, and again when it comes again: for hints, which may get lost.
        """

        def register(handle: Handler) -> Handler:
            plan = self._plan(queue, name)
            if plan.batch:
                raise SubscriptionConflict(f"{plan.name} already has the batch handler {plan.batch.name}")
            plan.handlers.append(Subscription(name, _types(events), handle, self._with_parts(afterwards)))
            return handle

        return register

    def batch(
        self, *events: type[Event], name: str, queue: str, size: int = 200, linger_seconds: float = 0.2
    ) -> Callable[[BatchHandler], BatchHandler]:
        """Run the decorated handler once for each such event, many of a few companies at a time, in a system unit.

        What raises is tried again event by event, so that only the bad ones are retried and dead-lettered; what met
        other transactions' locks is begun again whole.
        """

        def register(handle: BatchHandler) -> BatchHandler:
            plan = self._plan(queue, name)
            if plan.handlers or plan.batch:
                raise SubscriptionConflict(f"{plan.name} has another handler; a batch handler needs a queue of its own")
            plan.batch = BatchSubscription(name, _types(events), handle, size, linger_seconds)
            return handle

        return register

    def _with_parts(self, afterwards: Callable[[PartsT, Envelope[Any]], None] | None) -> Afterwards | None:
        """Do it with the parts of the worker; without one there is nobody whom a hint would reach."""
        if afterwards is None:
            return None

        def with_parts(envelope: Envelope[Any]) -> None:
            if self._parts is not None:
                afterwards(self._parts[0], envelope)

        return with_parts

    def _plan(self, queue: str, handler: str) -> QueuePlan:
        names = {known.name for plan in self.queues.values() for known in plan.subscriptions}
        if handler in names:
            raise SubscriptionConflict(f"two handlers are named {handler}")
        full_name = f"{self.service}.{queue}"
        return self.queues.setdefault(full_name, QueuePlan(full_name))


def _types(events: Iterable[type[Event]]) -> frozenset[str]:
    types = frozenset(event.type for event in events)
    if not types:
        raise SubscriptionConflict("a handler must listen to at least one event")
    return types
