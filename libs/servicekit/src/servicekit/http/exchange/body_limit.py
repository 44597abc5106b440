"""The limit of a request's body (api.md: 1 MiB, imports 64 MiB, else 413)."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive


class BodyLimits:
    """How large a body may be, by path: the longest prefix that was given decides."""

    def __init__(self, default: int, larger: Mapping[str, int]) -> None:
        self._default = default
        self._larger = sorted(larger.items(), key=lambda pair: -len(pair[0]))

    def of(self, path: str) -> int:
        """The most bytes for a path."""
        for prefix, size in self._larger:
            if path.startswith(prefix):
                return size
        return self._default


def exceeds(declared: bytes | None, limit: int) -> bool:
    """Whether Content-Length alone says that the body is too large."""
    return declared is not None and declared.isdigit() and (len(declared) > 18 or int(declared) > limit)


def counted(receive: Receive, limit: int) -> Receive:
    """Receive a body of unknown length; raises HTTPException 413 where it passes the limit."""
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            # FastAPI lets only its own exception pass while it reads a body
            raise HTTPException(413)
        return message

    return counting
