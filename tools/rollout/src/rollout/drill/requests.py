"""Every request that the drill's shoppers send, as they saw it answered."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

import httpx


@dataclass(frozen=True, slots=True)
class Sent:
    """One request: when it was sent and how long its answer took, in seconds; the fault that it met, if any."""

    at: float
    seconds: float
    fault: str | None = None


@dataclass(slots=True)
class RequestLog:
    """All requests of a run, in the order of their answers."""

    sent: list[Sent] = field(default_factory=list)

    def note(self, at: float, fault: str | None = None) -> None:
        """A request that was sent at `at` was answered now."""
        self.sent.append(Sent(at, time.monotonic() - at, fault))

    @property
    def faults(self) -> Counter[str]:
        """How often each fault was met."""
        return Counter(one.fault for one in self.sent if one.fault)

    def between(self, since: float, until: float) -> Sequence[Sent]:
        """Those that were sent in a time."""
        return [one for one in self.sent if since <= one.at < until]


def percentile(sent: Iterable[Sent], share: float) -> float:
    """How long the answer took that this share of all were no slower than, in seconds; 0 of none."""
    seconds = sorted(one.seconds for one in sent)
    return seconds[max(0, ceil(share * len(seconds)) - 1)] if seconds else 0.0


class Noting(httpx.AsyncBaseTransport):
    """Sends through another transport, and notes each request once its answer is whole.

    A fault is silence, any 5xx, and 429: the load is meant to be served. Other refusals are answers, which shoppers
    judge.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, log: RequestLog) -> None:
        self._inner, self._log = inner, log

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it."""
        at, what = time.monotonic(), f"{request.method} {_route(request.url.path)}"
        try:
            answer = await self._inner.handle_async_request(request)
            await answer.aread()
        except httpx.TransportError as silence:
            self._log.note(at, f"{what}: {type(silence).__name__}")
            raise
        failed = answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS
        self._log.note(at, f"{what}: {answer.status_code}" if failed else None)
        return answer

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def _route(path: str) -> str:
    """A path without its ids."""
    return "/".join("…" if any(sign.isdigit() for sign in part) else part for part in path.split("/"))
