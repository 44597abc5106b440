"""Rate limits over Redis by a moving window: exact over all processes, one round trip for each request."""

import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

from servicekit.errors import RateLimited429, ServiceUnavailable503
from servicekit.process.redis_pipeline import RedisPipeline

Fallback = Literal["local", "closed"]
"""What happens while Redis is away: count in this process alone, or refuse with 503 (codes, tokens, sign-in)."""

_ERRORS = (RedisError, OSError)
REDIS_TIMEOUT_SECONDS = 0.5
"""A slow Redis counts as away."""

_COUNT = b"""
local now = tonumber(ARGV[1])
for i = 1, #KEYS do
    local oldest = redis.call('LINDEX', KEYS[i], ARGV[2 * i] - 1)
    if oldest and tonumber(oldest) >= now - ARGV[2 * i + 1] then
        local seconds = math.floor(oldest + ARGV[2 * i + 1] - now) + 1
        return seconds * #KEYS + i - 1
    end
end
for i = 1, #KEYS do
    redis.call('LPUSH', KEYS[i], ARGV[1])
    redis.call('LTRIM', KEYS[i], 0, ARGV[2 * i] - 1)
    redis.call('EXPIRE', KEYS[i], ARGV[2 * i + 1])
end
return false
"""
"""Each window is the list of its requests' times, the newest first. ARGV: the time, then each one's amount and
seconds. Answers nil when all have counted. A full one keeps any from counting: then the answer is the seconds
until it has room, times the number of windows, plus its place among them."""
_COUNT_SHA = hashlib.sha1(_COUNT, usedforsecurity=False).hexdigest().encode()
"""How Redis names a script."""

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


@dataclass(frozen=True, slots=True)
class Window:
    """What a request counts in: a limit, and by whom or by what it is counted."""

    limit: Limit
    identity: str

    @property
    def key(self) -> str:
        """The name of its count; no other limit or identity has it."""
        return self.limit.item.key_for(self.limit.name, self.identity)

    def refusal(self, seconds: int) -> RateLimited429:
        """What a request that finds it full is answered; in so many seconds it has room again."""
        width = self.limit.item.get_expiry()
        return RateLimited429(
            headers={
                "Retry-After": str(seconds),
                "RateLimit-Policy": f'"{self.limit.name}";q={self.limit.item.amount};w={width}',
                "RateLimit": f'"{self.limit.name}";r=0;t={seconds}',
            }
        )


class Limiter:
    """Counts requests in windows. Safe for concurrent use."""

    def __init__(self, redis: Redis, service: str) -> None:
        self._prefix = f"limits:{service}:"
        self._redis = redis
        self._pipeline = RedisPipeline(redis, REDIS_TIMEOUT_SECONDS)
        self._local = MovingWindowRateLimiter(MemoryStorage())
        self._away = False

    async def hit(self, limit: Limit, identity: str, *others: Window) -> None:
        """Count one request in the limit's window and in the others, in all of them or in none, in one round trip.

        Raises RateLimited429 where one of them is full, ServiceUnavailable503 as the first limit's fallback says.
        """
        windows = (Window(limit, identity), *others)
        try:
            refusal = await self._hit_shared(windows)
            self._note(away=False)
        except _ERRORS:
            self._note(away=True)
            if limit.fallback == "closed":
                raise ServiceUnavailable503 from None
            refusal = await self._hit_local(windows)
        if refusal is not None:
            raise refusal

    async def forget(self, identity: str, limits: Iterable[Limit]) -> None:
        """Forget what was counted of somebody by these limits; while Redis is away, its own expiry does."""
        windows = [self._prefix + Window(limit, identity).key for limit in limits]
        try:
            if windows:
                await self._redis.unlink(*windows)
        except _ERRORS:
            log.warning("rate_limits_left_to_expire")

    async def close(self) -> None:
        """End the connection that counts."""
        await self._pipeline.close()

    async def _hit_shared(self, windows: Sequence[Window]) -> RateLimited429 | None:
        """By one script, on the connection that all requests share."""
        sent = [b"%d" % len(windows), *((self._prefix + window.key).encode() for window in windows)]
        sent.append(b"%f" % time.time())
        for window in windows:
            sent += [b"%d" % window.limit.item.amount, b"%d" % window.limit.item.get_expiry()]
        try:
            found = await self._pipeline.command(b"EVALSHA", _COUNT_SHA, *sent)
        except NoScriptError:
            found = await self._pipeline.command(b"EVAL", _COUNT, *sent)
        if found is None:
            return None
        seconds, place = divmod(found, len(windows))
        return windows[place].refusal(seconds)

    async def _hit_local(self, windows: Sequence[Window]) -> RateLimited429 | None:
        for window in windows:
            stats = await self._local.get_window_stats(window.limit.item, window.limit.name, window.identity)
            if stats.remaining == 0:
                return window.refusal(max(1, int(stats.reset_time - time.time()) + 1))
        for window in windows:
            await self._local.hit(window.limit.item, window.limit.name, window.identity)
        return None

    def _note(self, *, away: bool) -> None:
        """Say once that Redis went, and once that it is back."""
        if away != self._away:
            self._away = away
            log.warning("rate_limits_local" if away else "rate_limits_shared_again")
