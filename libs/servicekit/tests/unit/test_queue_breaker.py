"""When a queue pauses, and when it goes on."""

import pytest
from servicekit.messaging.consuming.breaker import FAILURES_TO_PAUSE, QueueBreaker


@pytest.fixture
async def breaker() -> QueueBreaker:
    """The breaker of a queue that works."""
    return QueueBreaker("notes.carts")


def fail(breaker: QueueBreaker, *messages: str) -> list[bool]:
    """Let messages fail; whether each lost an attempt."""
    return [breaker.failed(message, "RuntimeError: no") for message in messages]


OTHERS = [f"message {number}" for number in range(FAILURES_TO_PAUSE)]


async def test_different_messages_in_a_row_open_it(breaker: QueueBreaker) -> None:
    """Each of them loses an attempt; those that fail while it is open do not."""
    assert fail(breaker, *OTHERS, "one more") == [True] * FAILURES_TO_PAUSE + [False]
    assert breaker.is_open


async def test_one_message_never_opens_it(breaker: QueueBreaker) -> None:
    """It is the message that is bad, not the handler."""
    assert all(fail(breaker, *["poison"] * 20))
    assert not breaker.is_open


async def test_a_success_between_begins_the_count_again(breaker: QueueBreaker) -> None:
    """Bad messages among good ones do not pause a queue, however many there are."""
    for _ in range(3):
        fail(breaker, *OTHERS[1:])
        breaker.succeeded()

    fail(breaker, *OTHERS[1:])

    assert not breaker.is_open


async def test_one_success_closes_it(breaker: QueueBreaker) -> None:
    """And it takes as many failures as before to open it again."""
    fail(breaker, *OTHERS)

    breaker.succeeded()

    assert not breaker.is_open
    assert fail(breaker, OTHERS[0]) == [True]
    assert not breaker.is_open
