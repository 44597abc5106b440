"""What is sent again, how often and when: never so that a thing could happen twice."""

from time import monotonic

import pytest
from cartwheel_client import (
    Cartwheel,
    Conflict,
    RateLimited,
    Retries,
    TimedOut,
    TransportFailed,
    Unavailable,
)

from .answers import COMPANY, PRODUCT, TOKEN, cart, new_guest_cart
from .server import Reply, Server, problem

AWAY = problem(503, "SERVICE_UNAVAILABLE")
SILENCE = Reply(0)
REPORT = {"created": 0, "updated": 0, "unchanged": 0, "rejected": 0, "errors": []}


@pytest.mark.parametrize("failure", [AWAY, SILENCE, Reply(502, b"bad gateway"), problem(429, "RATE_LIMITED")])
async def test_a_read_is_sent_again_until_it_is_answered(cartwheel: Cartwheel, server: Server, failure: Reply) -> None:
    """A service that is restarted for a moment is nobody's business."""
    server.will(failure, failure, Reply(200, cart()))

    answered = await cartwheel.guest(TOKEN).read()

    assert answered.version == 1
    assert len(server.received) == 3


async def test_it_ends_after_a_few_attempts(cartwheel: Cartwheel, server: Server) -> None:
    """The last error is raised."""
    server.will(AWAY)

    with pytest.raises(Unavailable):
        await cartwheel.guest(TOKEN).read()

    assert len(server.received) == 3


async def test_a_connection_that_cannot_be_made_is_an_error_of_the_client(server: Server) -> None:
    """No exception of the HTTP library comes through."""
    async with Cartwheel("http://127.0.0.1:9", COMPANY, retries=Retries.none()) as nowhere:
        with pytest.raises(TransportFailed, match="GET /api/public/cart"):
            await nowhere.guest(TOKEN).read()


async def test_an_answer_that_comes_too_late_is_said_so(server: Server) -> None:
    """A timeout is a failure of transport."""
    server.will(Reply(200, cart(), after=0.3))
    async with Cartwheel(server.url, COMPANY, timeout=0.05, retries=Retries.none()) as impatient:
        with pytest.raises(TimedOut):
            await impatient.guest(TOKEN).read()


@pytest.mark.parametrize("failure", [AWAY, SILENCE, problem(409, "IDEMPOTENCY_IN_PROGRESS")])
async def test_a_change_is_sent_again_with_its_key(cartwheel: Cartwheel, server: Server, failure: Reply) -> None:
    """The server recognises the second attempt by the key; another call has another key."""
    guest = cartwheel.guest()
    server.will(failure, Reply(201, new_guest_cart()))
    await guest.create()
    server.will(failure, Reply(201, cart(version=2)))
    await guest.add_item(PRODUCT)

    keys = [request.headers["idempotency-key"] for request in server.received]
    assert keys[0] == keys[1] != keys[2] == keys[3]


async def test_a_key_of_the_callers_own_is_taken(cartwheel: Cartwheel, server: Server) -> None:
    """Whoever may be restarted in the middle gives the key, to repeat the call afterwards."""
    server.will(Reply(201, new_guest_cart()))

    await cartwheel.guest().create(idempotency_key="checkout-7")

    assert server.received[0].headers["idempotency-key"] == "checkout-7"


async def test_a_route_without_keys_is_called_once(cartwheel: Cartwheel, server: Server) -> None:
    """An import that was not answered may have had its effect."""
    server.will(SILENCE, Reply(200, REPORT))

    with pytest.raises(TransportFailed):
        await cartwheel.staff("token").catalogue.import_products([{"sku": "MUG"}])

    assert len(server.received) == 1
    assert "idempotency-key" not in server.received[0].headers


async def test_too_many_requests_are_never_a_reason_to_give_up(cartwheel: Cartwheel, server: Server) -> None:
    """A 429 says that nothing was done, so that even an import may be sent again."""
    server.will(problem(429, "RATE_LIMITED"), Reply(200, REPORT))

    report = await cartwheel.staff("token").catalogue.import_products([{"sku": "MUG"}])

    assert report.created == 0


async def test_the_server_says_when_to_come_back(cartwheel: Cartwheel, server: Server) -> None:
    """Retry-After counts, however short one's own pauses are."""
    server.will(problem(429, "RATE_LIMITED", {"retry-after": "1"}), Reply(200, cart()))
    began = monotonic()

    await cartwheel.guest(TOKEN).read()

    assert monotonic() - began >= 1


async def test_nobody_waits_longer_than_they_said(cartwheel: Cartwheel, server: Server) -> None:
    """Where the server wants more patience than the caller has, the caller decides."""
    server.will(problem(429, "RATE_LIMITED", {"retry-after": "3600"}))

    with pytest.raises(RateLimited) as refused:
        await cartwheel.guest(TOKEN).read()

    assert (refused.value.retry_after, len(server.received)) == (3600, 1)


async def test_a_refusal_is_not_argued_with(cartwheel: Cartwheel, server: Server) -> None:
    """What is refused for a reason will be refused again."""
    server.will(problem(409, "CART_CONVERTED"))

    with pytest.raises(Conflict):
        await cartwheel.guest(TOKEN, cart_id=COMPANY).add_item(PRODUCT)

    assert len(server.received) == 1


async def test_without_retries_everything_is_sent_once_and_has_no_key(server: Server) -> None:
    """Whoever repeats by other means pays for nothing here."""
    server.will(AWAY)
    async with Cartwheel(server.url, COMPANY, retries=Retries.none()) as cartwheel:
        with pytest.raises(Unavailable):
            await cartwheel.guest().create()

    (request,) = server.received
    assert "idempotency-key" not in request.headers
