"""What is said of a drained outbox."""

from bench.draining.result import Drain


def test_what_is_spent_is_said_for_each_event() -> None:
    """By part of the system, microseconds; a part that spent nothing is 0."""
    drain = Drain(1_000, 0.2, {"relay": 0.13, "postgres": 0.05})

    assert drain.row() == ("1,000", "5,000", "130", "50", "0")
