"""Opening and closing of what a process shares."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from servicekit.auth.service_tokens import ServiceTokens
from servicekit.auth.user_tokens import UserTokens
from servicekit.clock import Clock, SystemClock
from servicekit.db import Database
from servicekit.observability import error_tracking, telemetry
from servicekit.process.flags import Flags
from servicekit.process.kit import Kit
from servicekit.process.limiter import REDIS_TIMEOUT_SECONDS, Limiter
from servicekit.sealing import Sealer
from servicekit.settings import SettingsT


@asynccontextmanager
async def running_kit(
    service: str, settings: SettingsT, clock: Clock | None = None
) -> AsyncGenerator[Kit[SettingsT, None]]:
    """The kit of a running process, without parts: nothing is connected before it is needed, all is closed at last."""
    clock = clock or SystemClock()
    stop_telemetry = telemetry.start(settings, service)
    stop_error_tracking = error_tracking.start(settings, service)
    database = await Database.open(settings, service=service, clock=clock)
    redis = open_redis(settings.redis_url)
    limiter = Limiter(redis, service)
    try:
        yield Kit(
            service=service,
            settings=settings,
            clock=clock,
            database=database,
            redis=redis,
            limiter=limiter,
            flags=Flags(settings),
            sealer=Sealer(settings.seal_key),
            user_tokens=UserTokens(settings),
            service_tokens=ServiceTokens(settings.service_token_secret.get_secret_value()),
            parts=None,
        )
    finally:
        await limiter.close()
        await redis.aclose()
        await database.close()
        stop_error_tracking()
        stop_telemetry()


def open_redis(url: str) -> Redis:
    """A client that gives up early: Redis only ever helps, and nothing may wait for it."""
    return Redis.from_url(
        url,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1),  # a connection that went stale while idle is replaced at once
    )
