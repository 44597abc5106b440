"""Rate limits over Redis by a moving window: exact over all processes, one round trip for a request that passes."""

import hashlib
import time
from dataclasses import dataclass, field
from typing import Literal

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.storage.redis.bridge import RedisBridge
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

from servicekit.errors import RateLimited429, ServiceUnavailable503
from servicekit.process.redis_pipeline import RedisPipeline

Fallback = Literal["local", "closed"]
"""What happens while Redis is away: count in this process alone, or refuse with 503 (codes, tokens, sign-in)."""

_ERRORS = (RedisError, OSError)
_ACQUIRE = RedisBridge.SCRIPT_ACQUIRE_MOVING_WINDOW
_ACQUIRE_SHA = hashlib.sha1(_ACQUIRE, usedforsecurity=False).hexdigest().encode()
"""How Redis names a script."""
REDIS_TIMEOUT_SECONDS = 0.5
"""A slow Redis counts as away."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests of one name in a time, such as Limit("add_item", "30/minute")."""

    name: str
    rate: str
    fallback: Fallback = "local"
    item: RateLimitItem = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "item", parse(self.rate))


class Limiter:
    """Counts requests by limit and identity. Safe for concurrent use."""

    def __init__(self, redis: Redis, service: str) -> None:
        self._prefix = f"limits:{service}"
        storage = RedisStorage(
            "redis://",
            implementation="redispy",
            key_prefix=self._prefix,
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]  # passed on to redis-py as it is
        )
        self._pipeline = RedisPipeline(redis, REDIS_TIMEOUT_SECONDS)
        self._shared = MovingWindowRateLimiter(storage)
        self._local = MovingWindowRateLimiter(MemoryStorage())
        self._away = False

    async def hit(self, limit: Limit, identity: str) -> None:
        """Count one request; raises RateLimited429 above the limit, ServiceUnavailable503 as the fallback says."""
        limiter = self._shared
        try:
            passed = await self._hit_shared(limit, identity)
            self._note(away=False)
        except _ERRORS:
            limiter = self._fall_back(limit)
            passed = await limiter.hit(limit.item, limit.name, identity)
        if not passed:
            raise await self._refusal(limiter, limit, identity)

    async def close(self) -> None:
        """End the connection that counts."""
        await self._pipeline.close()

    async def _hit_shared(self, limit: Limit, identity: str) -> bool:
        """What `MovingWindowRateLimiter.hit` does, by the same script and key, on the connection that all share."""
        key = f"{self._prefix}:{limit.item.key_for(limit.name, identity)}".encode()
        request = (b"1", key, b"%f" % time.time(), b"%d" % limit.item.amount, b"%d" % limit.item.get_expiry(), b"1")
        try:
            return bool(await self._pipeline.command(b"EVALSHA", _ACQUIRE_SHA, *request))
        except NoScriptError:
            return bool(await self._pipeline.command(b"EVAL", _ACQUIRE, *request))

    def _fall_back(self, limit: Limit) -> MovingWindowRateLimiter:
        self._note(away=True)
        if limit.fallback == "closed":
            raise ServiceUnavailable503
        return self._local

    def _note(self, *, away: bool) -> None:
        """Say once that Redis went, and once that it is back."""
        if away != self._away:
            self._away = away
            log.warning("rate_limits_local" if away else "rate_limits_shared_again")

    async def _refusal(self, limiter: MovingWindowRateLimiter, limit: Limit, identity: str) -> RateLimited429:
        try:
            reset = (await limiter.get_window_stats(limit.item, limit.name, identity)).reset_time
        except _ERRORS:
            reset = time.time() + limit.item.get_expiry()
        seconds = max(1, int(reset - time.time()) + 1)
        return RateLimited429(
            headers={
                "Retry-After": str(seconds),
                "RateLimit-Policy": f'"{limit.name}";q={limit.item.amount};w={limit.item.get_expiry()}',
                "RateLimit": f'"{limit.name}";r=0;t={seconds}',
            }
        )
