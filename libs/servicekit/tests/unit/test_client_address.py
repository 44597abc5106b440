"""The address that limits count by."""

from ipaddress import ip_network

import pytest
from servicekit.auth.client_address import client_address
from starlette.datastructures import Headers

PROXIES = (ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        pytest.param("203.0.113.7", None, "203.0.113.7", id="a client that comes directly"),
        pytest.param("203.0.113.7", "198.51.100.1", "203.0.113.7", id="a client that invents a header"),
        pytest.param("10.0.0.1", "198.51.100.1", "198.51.100.1", id="through the gateway"),
        pytest.param("10.0.0.1", "192.0.2.9, 198.51.100.1", "198.51.100.1", id="a client that lies to the gateway"),
        pytest.param("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1", id="through two proxies"),
        pytest.param("10.0.0.1", None, "10.0.0.1", id="the gateway itself"),
        pytest.param("10.0.0.1", "10.0.0.3", "10.0.0.3", id="somebody inside"),
        pytest.param("10.0.0.1", "nonsense", "unknown", id="a header that is no address"),
        pytest.param("2001:db8::1", None, "2001:db8::/64", id="one household's network"),
    ],
)
def test_who_is_counted(peer: str, forwarded: str | None, address: str) -> None:
    """Only what trusted proxies wrote is believed, from the end backwards."""
    headers = Headers({"x-forwarded-for": forwarded} if forwarded else {})

    assert client_address({"client": (peer, 5000)}, headers, PROXIES) == address


def test_a_request_without_a_peer_has_an_address_too() -> None:
    """A server on a socket file names no client."""
    assert client_address({"client": None}, Headers(), PROXIES) == "unknown"
