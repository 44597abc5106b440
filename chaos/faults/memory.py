"""Redis loses everything that it has."""

from dataclasses import dataclass
from random import Random

from redis.asyncio import Redis
from redis.exceptions import RedisError


@dataclass(frozen=True, slots=True)
class Flush:
    """FLUSHALL: limits and caches are gone; what counts must not be in there."""

    redis_url: str
    kind: str = "Redis flushed"

    async def inflict(self, random: Random) -> str:
        """Flush it, unless it is away, which has the same effect."""
        client = Redis.from_url(self.redis_url)
        try:
            await client.flushall()
        except RedisError:
            return "redis, which was away"
        finally:
            await client.aclose()
        return "redis"
