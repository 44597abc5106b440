"""Server-sent events: an answer that goes on until its reader leaves or it is ended (WHATWG HTML §9.2).

A stream never queues: of what it has still to send it keeps the newest frame alone, so that its memory is bounded
however slow its reader is. One that takes nothing for UNREAD_SECONDS is cut off.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import perf_counter
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

MEDIA_TYPE: Final = "text/event-stream"
HEARTBEAT_SECONDS = 15.0
"""How often something is sent while nothing happens: proxies end what is silent, usually after 30 to 60 s."""
UNREAD_SECONDS = 10.0
"""How long a reader may take nothing of what fills its connection."""
FIRST_BYTE: Final = "first_byte_at"
"""Where the request's scope says when such an answer began: what comes after is no time that anybody waited."""
ABORT: Final = "abort"
"""Where it has what closes the connection without sending the rest."""

LEFT: Final = "LEFT"
"""Why a stream ended: its reader closed it."""
UNREAD: Final = "UNREAD"
"""It was cut off, because its reader took nothing."""

_HEARTBEAT = b": \n\n"


def frame(event: str, data: bytes, *, id: str = "", retry_ms: int | None = None) -> bytes:
    """One event; `data` is a single line. A client that comes back sends the newest id that it has as Last-Event-ID."""
    fields = [f"event: {event}\n".encode()]
    if id:
        fields.append(f"id: {id}\n".encode())
    if retry_ms is not None:
        fields.append(f"retry: {retry_ms}\n".encode())
    return b"".join((*fields, b"data: ", data, b"\n\n"))


class Outlet:
    """What one stream has still to send: the newest frame, and its end. For one event loop, not safe for threads."""

    __slots__ = ("_changed", "_end", "_frame", "_last", "_until", "reason")

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._frame: bytes | None = None
        self._end: bytes | None = None
        self._last: tuple[str, bytes] | None = None
        self._until = float("inf")
        self.reason = LEFT

    def offer(self, newest: bytes) -> None:
        """Send this, in the place of what was not sent yet."""
        self._frame = newest
        self._changed.set()

    def end(self, reason: str, last: bytes) -> None:
        """Send what there is, then this, and end; a second end changes nothing."""
        if self._end is None:
            self.reason, self._end = reason, last
            self._changed.set()

    def end_at(self, moment: float, reason: str, last: bytes) -> None:
        """End like that when the loop's clock shows `moment`."""
        self._until, self._last = moment, (reason, last)
        self._changed.set()  # who waits already waits no longer than that

    async def take(self) -> tuple[bytes, bool]:
        """What to send next, and whether it is the last; a heartbeat when nothing came up for so long."""
        loop = asyncio.get_running_loop()
        if not self._changed.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min(loop.time() + HEARTBEAT_SECONDS, self._until)):
                    await self._changed.wait()
        self._changed.clear()
        if self._last is not None and loop.time() >= self._until:
            self.end(*self._last)
        newest, self._frame = self._frame or b"", None
        if self._end is not None:
            return newest + self._end, True
        return newest or _HEARTBEAT, False


class EventStream(Response):
    """Sends what its outlet has, and calls `closed` with the reason when it is over, however it ended."""

    media_type = MEDIA_TYPE

    def __init__(self, outlet: Outlet, closed: Callable[[str], None], *, retry_ms: int) -> None:
        self._outlet, self._closed = outlet, closed
        self._opening = f"retry: {retry_ms}\n\n".encode()
        super().__init__(None, headers={"cache-control": "no-store", "x-accel-buffering": "no"})

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        """Without a length: the answer goes on. The second header keeps nginx from collecting it."""
        super().init_headers(headers)
        self.raw_headers = [header for header in self.raw_headers if header[0] != b"content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the end."""
        reason = LEFT
        leaving = asyncio.create_task(self._leave_with(receive))
        try:
            scope[FIRST_BYTE] = perf_counter()
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await self._send_all(send)
            reason = self._outlet.reason
        except TimeoutError:
            reason = UNREAD
            if abort := scope.get(ABORT):
                abort()
                await leaving
        finally:
            leaving.cancel()
            self._closed(reason)

    async def _send_all(self, send: Send) -> None:
        body, is_last = self._opening, False
        while True:
            async with asyncio.timeout(UNREAD_SECONDS):
                await send({"type": "http.response.body", "body": body, "more_body": not is_last})
            if is_last:
                return
            body, is_last = await self._outlet.take()

    async def _leave_with(self, receive: Receive) -> None:
        """End the outlet when the reader has closed the connection."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self._outlet.end(LEFT, b"")
