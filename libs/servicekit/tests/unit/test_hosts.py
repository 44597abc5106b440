"""Addresses that name several hosts."""

from servicekit.hosts import Rotation, each_host


def test_each_host_has_the_rest_of_the_address() -> None:
    """Account, path and query belong to all of them."""
    url = "postgresql://shop:p%40ss@one:5432,two:5433/db?target_session_attrs=read-write"

    assert each_host(url) == [
        "postgresql://shop:p%40ss@one:5432/db?target_session_attrs=read-write",
        "postgresql://shop:p%40ss@two:5433/db?target_session_attrs=read-write",
    ]
    assert each_host("amqp://one/%2F") == ["amqp://one/%2F"]


def test_the_host_that_was_good_is_the_first_one() -> None:
    """Attempts go round, whatever became of them, until one is good."""
    rotation = Rotation("a://one,two,three")
    tried = [rotation.take() for _ in range(4)]
    rotation.is_good(tried[1])

    assert tried == ["a://one", "a://two", "a://three", "a://one"]
    assert [rotation.take(), rotation.take()] == ["a://two", "a://three"]
