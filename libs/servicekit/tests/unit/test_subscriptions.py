"""What handlers reach of the process that runs them."""

import pytest
from servicekit.messaging.subscriptions import NotRunning, Subscriptions


def test_handlers_reach_the_parts_of_their_worker() -> None:
    """Those that the worker gives at its start; a service without parts has None."""
    with_parts, without = Subscriptions[str]("notes"), Subscriptions[None]("plain")

    with_parts.bind("a vault")
    without.bind(None)

    assert (with_parts.parts, without.parts) == ("a vault", None)


def test_parts_before_the_start_are_a_fault() -> None:
    """A handler that is called outside of a worker fails with a sentence, not with half of its work done."""
    with pytest.raises(NotRunning, match="no worker of notes"):
        _ = Subscriptions[str]("notes").parts
