"""A cart that is followed: what comes of a stream, of its end and of its loss."""

import json
from contextlib import aclosing

import pytest
from cartwheel_client import Cartwheel, NotFound, following

from .answers import CART, TOKEN, cart
from .server import Reply, Server, problem

EVENTS = {"content-type": "text/event-stream"}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Come back without a pause."""
    monkeypatch.setattr(following, "RETRY_SECONDS", 0.0)


def stream(*events: str) -> Reply:
    """A stream of these events, which then breaks off."""
    return Reply(200, "".join(f"{event}\n\n" for event in events).encode(), EVENTS)


def shown(version: int) -> str:
    """The event of a cart at this version."""
    return f"event: cart\nid: {version}-a\ndata: {json.dumps(cart(version=version))}"


def end(reason: str, *, reconnect: bool) -> str:
    """The last event."""
    return f"event: end\nretry: 0\ndata: {json.dumps({'reason': reason, 'reconnect': reconnect})}"


async def test_a_stream_is_followed_until_nothing_can_change(cartwheel: Cartwheel, server: Server) -> None:
    """Each event is a whole cart; the pause and the comments are no carts."""
    server.will(stream("retry: 1", ":", shown(1), ":", shown(2), end("CART_CONVERTED", reconnect=False)))

    carts = [cart async for cart in cartwheel.guest(TOKEN, cart_id=CART).follow()]

    assert [cart.version for cart in carts if cart] == [1, 2]
    [request] = server.received
    assert request.path == f"/api/public/cart/{CART}/stream"
    assert request.headers["accept"] == "text/event-stream"


async def test_a_lost_stream_is_opened_again_where_it_was(cartwheel: Cartwheel, server: Server) -> None:
    """By whatever it was lost: the end of a process, a connection that broke, a server that is away for a moment."""
    server.will(
        stream("event: cart\ndata: null", shown(1), end("RESTARTING", reconnect=True)),
        Reply(0),
        problem(503, "SERVICE_UNAVAILABLE"),
        stream(shown(2)),
        stream(end("SESSION_ENDED", reconnect=False)),
    )

    carts = [cart async for cart in cartwheel.customer("jwt").follow()]

    assert [cart and cart.version for cart in carts] == [None, 1, 2]
    sent = [request.headers.get("last-event-id") for request in server.received]
    assert sent == [None, "1-a", "1-a", "1-a", "2-a"]


async def test_a_stream_that_is_refused_says_why(cartwheel: Cartwheel, server: Server) -> None:
    """A wrong session is not tried again and again."""
    server.will(problem(404, "CART_NOT_FOUND"))

    async with aclosing(cartwheel.guest(TOKEN, cart_id=CART).follow()) as carts:
        with pytest.raises(NotFound):
            await anext(carts)

    assert len(server.received) == 1
