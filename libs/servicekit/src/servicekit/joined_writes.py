"""Small writes of one turn of the loop in one call of the system: a head with its body, the messages of a window.

Each of them alone is a call: 3 % of an add (ADR 0021), a third of what an event costs the relay (ADR 0030).
"""

import asyncio
from typing import Any

SENT_AT_ONCE = 16_384
"""Bytes; fewer wait for the end of the loop's turn."""


class JoinedWrites(asyncio.Transport):
    """A transport that sends at once what is written in one turn of the loop."""

    def __init__(self, transport: asyncio.Transport, sent_at_once: int = SENT_AT_ONCE) -> None:
        super().__init__()
        self._transport = transport
        self._sent_at_once = sent_at_once
        self._loop = asyncio.get_running_loop()
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, data: Any) -> None:
        """Send soon, in the order of the calls; what is large at once, so that who streams it is slowed down."""
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(bytes(data))
        self._size += len(data)
        if self._size >= self._sent_at_once:
            self._flush()

    def can_write_eof(self) -> bool:
        """Whether the connection can be closed in one direction."""
        return self._transport.can_write_eof()

    def write_eof(self) -> None:
        """Send what was written, then close this direction."""
        self._flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Send what was written, then close."""
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        """Close and send nothing more."""
        self._waiting.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        """Whether it is closed or about to be."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Of the connection."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Take nothing in."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Take data in again."""
        self._transport.resume_reading()

    def _flush(self) -> None:
        if self._waiting:
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._size = 0
            self._transport.write(data)
