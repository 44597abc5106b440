"""The parts that a running process of a service shares: made once at start, reached from a request or a job."""

from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis
from starlette.requests import HTTPConnection

from servicekit.auth.service_tokens import ServiceTokens
from servicekit.auth.user_tokens import UserTokens
from servicekit.clock import Clock
from servicekit.db import Database
from servicekit.process.flags import Flags
from servicekit.process.limiter import Limiter
from servicekit.sealing import Sealer
from servicekit.settings import ServiceSettings


@dataclass(slots=True)
class Kit:
    """The chassis as a service sees it. `own` holds what the service's `on_start` added, by name."""

    service: str
    settings: ServiceSettings
    clock: Clock
    database: Database
    redis: Redis
    limiter: Limiter
    flags: Flags
    sealer: Sealer
    user_tokens: UserTokens
    service_tokens: ServiceTokens
    own: dict[str, Any] = field(default_factory=dict)
    is_stopping: bool = False
    """Set by SIGTERM: no longer ready, still serving what is in hand."""


def kit_of(request: HTTPConnection) -> Kit:
    """The kit of the process that serves this request."""
    kit: Kit = request.scope["app"].state.kit
    return kit
