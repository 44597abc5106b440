"""The parts that a running process of a service shares: made once at start, reached from a request or a job."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar, cast

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

SettingsT_co = TypeVar("SettingsT_co", bound=ServiceSettings, covariant=True)
PartsT_co = TypeVar("PartsT_co", covariant=True)
OwnT = TypeVar("OwnT")


@dataclass(slots=True)
class Kit(Generic[SettingsT_co, PartsT_co]):
    """The chassis as a service sees it, with the service's own settings and the parts that its `open_parts` made.

    A service names its kit once, such as `CartKit = Kit[CartSettings, Parts]`; one without parts has `None`.
    """

    service: str
    settings: SettingsT_co
    clock: Clock
    database: Database
    redis: Redis
    limiter: Limiter
    flags: Flags
    sealer: Sealer
    user_tokens: UserTokens
    service_tokens: ServiceTokens
    parts: PartsT_co
    is_stopping: bool = False
    """Set by SIGTERM: no longer ready, still serving what is in hand."""
    draining: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when no new connection is taken any more: what would last is to end."""

    def with_parts(self, parts: OwnT) -> "Kit[SettingsT_co, OwnT]":
        """The kit with the parts that were made from it."""
        return cast(
            "Kit[SettingsT_co, OwnT]", replace(self, parts=cast("PartsT_co", parts))
        )  # one field's type differs


AnyKit = Kit[ServiceSettings, object]
"""Any service's kit, for what needs nothing of the service's own."""


def kit_of(request: HTTPConnection) -> Kit[Any, Any]:
    """The kit of the process that serves this request.

    Its types are those that the reader states, because an application does not carry them:
    `kit: CartKit = kit_of(request)`.
    """
    kit: Kit[Any, Any] = request.scope["app"].state.kit
    return kit
