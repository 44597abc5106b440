"""An open tab: a stream of a cart, read event by event."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

PATIENCE_SECONDS = 60.0
"""How long a tab waits for an event: a machine that runs tests is busy."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream."""

    kind: str
    id: str
    data: Any
    retry: int | None

    @property
    def lines(self) -> dict[str, int]:
        """What is in the cart, by sku."""
        return {line["sku"]: line["quantity"] for line in self.data["items"]}


class Tab:
    """What one browser tab is sent. `last_id` is the newest event's, as a browser would send it when it comes back."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.last_id = ""
        self._lines: AsyncIterator[str] = response.aiter_lines()

    async def next(self) -> Event:
        """The next event; comments are passed over. Raises StopAsyncIteration when the stream is over."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                fields = await self._block()
                if "event" in fields:
                    self.last_id = fields.get("id", self.last_id)
                    retry = int(fields["retry"]) if "retry" in fields else None
                    return Event(fields["event"], fields.get("id", ""), orjson.loads(fields["data"]), retry)

    async def until_cart(self, **values: Any) -> Event:
        """The first event from now on whose cart has these values."""
        while True:
            event = await self.next()
            assert event.kind == "cart", event
            if event.data is not None and all(event.data[name] == value for name, value in values.items()):
                return event

    async def end(self) -> Event:
        """The last event, after which the connection ends."""
        while (event := await self.next()).kind != "end":
            pass
        async for line in self._lines:
            assert not line
        return event

    async def _block(self) -> dict[str, str]:
        fields: dict[str, str] = {}
        while line := await anext(self._lines):
            name, _, content = line.partition(": ")
            fields[name] = content
        return fields


@asynccontextmanager
async def tab(
    address: str, path: str, headers: Mapping[str, str], last_id: str | None = None, **query: str
) -> AsyncGenerator[Tab]:
    """Open a stream, and close it in the end."""
    resumed = {"last-event-id": last_id} if last_id is not None else {}
    async with (
        httpx.AsyncClient(base_url=address, timeout=httpx.Timeout(PATIENCE_SECONDS)) as client,
        client.stream("GET", f"{path}/stream", headers={**headers, **resumed}, params=query) as response,
    ):
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Tab(response)


async def refusal(address: str, path: str, headers: Mapping[str, str], **query: str) -> tuple[int, str]:
    """The status and code with which a stream is refused."""
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_SECONDS) as client:
        answer = await client.get(f"{path}/stream", headers=dict(headers), params=query)
    return answer.status_code, answer.json()["code"]
