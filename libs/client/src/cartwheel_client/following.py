"""Following a cart by server-sent events: opened again after a loss, without missing or repeating anything."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from pydantic import BaseModel, ValidationError

from cartwheel_client.connection import Connection
from cartwheel_client.errors import RateLimited, TransportFailed, Unavailable, UnexpectedAnswer
from cartwheel_client.models.cart import CartView

SILENCE_SECONDS = 45.0
"""A stream that says nothing for so long, not even the comment that comes every 15 s, is lost."""
RETRY_SECONDS = 2.0
"""When to come back, until the stream says when."""


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event of a stream; `retry` in milliseconds, also where there is no event beside it."""

    name: str
    id: str
    data: str
    retry: int | None


class _End(BaseModel):
    reason: str
    reconnect: bool


@dataclass(slots=True)
class Following:
    """One cart that is followed; what it remembers is what a browser's EventSource does."""

    connection: Connection
    path: str
    last_id: str = ""
    retry_seconds: float = field(default_factory=lambda: RETRY_SECONDS)
    is_over: bool = field(default=False, init=False)

    async def carts(self) -> AsyncGenerator[CartView | None]:
        """The cart at once, and again after every change, until nothing of it can change any more."""
        while True:
            try:
                async with aclosing(self._carts_of_one_stream()) as carts:
                    async for cart in carts:
                        yield cart
            except (TransportFailed, Unavailable, RateLimited) as lost:
                after = getattr(lost, "retry_after", None)
                self.retry_seconds = max(self.retry_seconds, after or 0.0)
            if self.is_over:
                return
            await asyncio.sleep(self.retry_seconds * random.uniform(1.0, 1.5))  # noqa: S311  # spreads clients, no secret

    async def _carts_of_one_stream(self) -> AsyncGenerator[CartView | None]:
        headers = {"accept": "text/event-stream", **({"last-event-id": self.last_id} if self.last_id else {})}
        async with self.connection.stream(self.path, headers, SILENCE_SECONDS) as lines:
            async for event in events_of(lines):
                if event.retry is not None:
                    self.retry_seconds = event.retry / 1_000
                if event.name == "cart":
                    self.last_id = event.id or self.last_id
                    yield _cart_of(event)
                elif event.name == "end":
                    self.is_over = not _End.model_validate_json(event.data).reconnect
                    return


async def events_of(lines: AsyncIterator[str]) -> AsyncIterator[StreamEvent]:
    """The events of a stream's lines, in the form of the field (WHATWG HTML §9.2.6); comments are passed over."""
    fields: dict[str, str] = {}
    async for line in lines:
        if line:
            name, _, content = line.partition(":")
            content = content.removeprefix(" ")
            fields[name] = f"{fields[name]}\n{content}" if name == "data" and name in fields else content
        elif fields:
            yield _event(fields)
            fields = {}


def _event(fields: Mapping[str, str]) -> StreamEvent:
    retry = fields.get("retry", "")
    return StreamEvent(
        fields.get("event", ""), fields.get("id", ""), fields.get("data", ""), int(retry) if retry.isdigit() else None
    )


def _cart_of(event: StreamEvent) -> CartView | None:
    try:
        return None if event.data == "null" else CartView.model_validate_json(event.data)
    except ValidationError as misfit:
        raise UnexpectedAnswer(f"an event of a stream is no CartView: {misfit}") from misfit
