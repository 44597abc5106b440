"""Streams of events: what a reader is sent, and what becomes of one that does not read."""

import asyncio
import queue
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import perf_counter
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import APIRouter
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from servicekit.http import event_stream
from servicekit.http.event_stream import LEFT, UNREAD, EventStream, Outlet, frame
from servicekit.testing.live import serving

from ..notes import notes_app

PATIENCE_SECONDS = 30


class Streams:
    """An application with one stream, whose outlet a test fills from its own thread."""

    def __init__(self) -> None:
        self.opened: queue.Queue[tuple[asyncio.AbstractEventLoop, Outlet]] = queue.Queue()
        self.ended: queue.Queue[str] = queue.Queue()
        router = APIRouter()
        router.add_api_route("/stream", self._open, response_class=EventStream, response_model=None)
        self.app = notes_app(routers=[router])

    async def _open(self) -> EventStream:
        outlet = Outlet()
        self.opened.put((asyncio.get_running_loop(), outlet))
        return EventStream(outlet, self.ended.put, retry_ms=2_000)

    def outlet(self) -> tuple[asyncio.AbstractEventLoop, Outlet]:
        """That of the stream that was opened."""
        return self.opened.get(timeout=PATIENCE_SECONDS)


@contextmanager
def opened(streams: Streams) -> Iterator[tuple[str, Iterator[str]]]:
    """A client that reads the stream line by line."""
    with serving(streams.app) as address, httpx.Client(base_url=address, timeout=PATIENCE_SECONDS) as client:
        with client.stream("GET", "/stream") as response:
            yield response.headers["content-type"], response.iter_lines()
        streams.ended.get(timeout=PATIENCE_SECONDS)


def test_a_reader_is_sent_frames_and_an_end() -> None:
    """In the form of the field, with when to come back after a loss at the beginning."""
    streams = Streams()

    with opened(streams) as (content_type, lines):
        loop, outlet = streams.outlet()
        first = [next(lines), next(lines)]
        loop.call_soon_threadsafe(outlet.offer, frame("cart", b"{}", id="7-a"))
        shown = [next(lines) for _ in range(4)]
        loop.call_soon_threadsafe(outlet.end, "OVER", frame("end", b"1", retry_ms=9))
        last = list(lines)

    assert content_type.startswith("text/event-stream")
    assert first == ["retry: 2000", ""]
    assert shown == ["event: cart", "id: 7-a", "data: {}", ""]
    assert last == ["event: end", "retry: 9", "data: 1", ""]


def test_a_silent_stream_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies end what is silent."""
    monkeypatch.setattr(event_stream, "HEARTBEAT_SECONDS", 0.05)
    streams = Streams()

    with opened(streams) as (_, lines):
        read = [next(lines) for _ in range(6)]

    assert read[2:] == [": ", "", ": ", ""]


def test_a_stream_ends_at_its_moment() -> None:
    """Such as when a token is over."""
    streams = Streams()

    with opened(streams) as (_, lines):
        loop, outlet = streams.outlet()
        loop.call_soon_threadsafe(outlet.end_at, loop.time(), "OVER", frame("end", b"1"))
        loop.call_soon_threadsafe(outlet.offer, frame("cart", b"2"))
        read = list(lines)

    assert read[-6:] == ["event: cart", "data: 2", "", "event: end", "data: 1", ""]


def test_who_leaves_is_noticed() -> None:
    """The stream is given up at once, not at its next event."""
    streams = Streams()

    with serving(streams.app) as address, httpx.Client(base_url=address) as client:
        with client.stream("GET", "/stream") as response:
            next(response.iter_lines())
        assert streams.ended.get(timeout=PATIENCE_SECONDS) == LEFT


def test_who_does_not_read_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a connection holds is bounded, and so is how long it is held for somebody who takes nothing."""
    monkeypatch.setattr(event_stream, "UNREAD_SECONDS", 0.2)
    streams, large = Streams(), frame("cart", b"x" * 4_000_000)

    with serving(streams.app) as address:
        parts = urlsplit(address)
        with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE_SECONDS) as connection:
            connection.sendall(b"GET /stream HTTP/1.1\r\nHost: shop\r\n\r\n")
            loop, outlet = streams.outlet()
            reason = ""
            while not reason:  # what a connection takes in is the machine's to say
                loop.call_soon_threadsafe(outlet.offer, large)
                with suppress(queue.Empty):
                    reason = streams.ended.get(timeout=0.2)
            with suppress(ConnectionResetError):
                while connection.recv(1 << 20):
                    pass  # until it is closed

    assert reason == UNREAD


def test_a_stream_is_measured_until_it_begins() -> None:
    """An hour of an open tab is no latency: alerts and objectives count what somebody waited for."""
    labels = {"method": "GET", "route": "/stream", "status": "200"}
    before, streams, started = _seconds(labels), Streams(), perf_counter()

    with opened(streams) as (_, lines):
        next(lines)
        begun = perf_counter()
        loop, outlet = streams.outlet()
        loop.call_soon_threadsafe(outlet.end_at, loop.time() + 0.2, "OVER", frame("end", b"1"))
        list(lines)

    assert _seconds(labels) - before <= begun - started


def _seconds(labels: dict[str, str]) -> float:
    return REGISTRY.get_sample_value("http_server_request_duration_seconds_sum", labels) or 0.0


@given(st.lists(st.one_of(st.integers(0, 9), st.none())))
def test_the_newest_is_sent_and_never_more_than_one(steps: list[int | None]) -> None:
    """Whatever is offered (a number) or taken (None), in whatever order: what is sent is the newest, each once."""

    async def run() -> list[int]:
        outlet, sent, waiting = Outlet(), [], None
        for step in (*steps, None):
            if step is not None:
                outlet.offer(b"%d" % step)
                waiting = step
            elif waiting is not None:
                sent.append(int((await outlet.take())[0]))
                assert sent[-1] == waiting
                waiting = None
        return sent

    offered = [step for step in steps if step is not None]
    sent = asyncio.run(run())

    assert sent[-1:] == offered[-1:]
    assert len(sent) <= len(offered)
