"""Ports of a stack's own."""

import json
import socket

import pytest
from localservers.home import Home
from localservers.ports import FIRST, LAST, is_free, reserve_port


def test_a_port_is_kept_from_one_start_to_the_next(home: Home) -> None:
    """Bookmarks and scripts go on working after `down` and `up`."""
    first = reserve_port(home, "gateway")

    assert reserve_port(home, "gateway") == first
    assert is_free(first)


def test_a_port_that_somebody_took_meanwhile_is_left_to_them(home: Home) -> None:
    """A stranger's server on our old port is neither used nor disturbed."""
    kept = reserve_port(home, "redis")
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", kept))
        stranger.listen()

        assert reserve_port(home, "redis") != kept


def test_a_port_that_our_own_process_holds_is_kept(home: Home) -> None:
    """A second `up` must not move a running server."""
    kept = reserve_port(home, "postgres")
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", kept))
        ours.listen()

        assert reserve_port(home, "postgres", in_use=True) == kept


def test_everything_in_one_home_gets_a_port_of_its_own(home: Home) -> None:
    """Nothing listens yet when the ports are given out, so only the list keeps them apart."""
    names = [f"service-{number}" for number in range(40)]

    ports = {reserve_port(home, name) for name in names}

    assert len(ports) == len(names)
    assert set(json.loads(home.ports_file.read_text()).values()) == ports


@pytest.mark.parametrize("port", [3000, 3003, 4369, 5432, 5672, 6379, 15672, 25672])
def test_no_default_port_of_a_server_is_ever_given_out(port: int) -> None:
    """PostgreSQL, Redis and RabbitMQ of somebody else stay out of reach."""
    assert not FIRST <= port <= LAST
