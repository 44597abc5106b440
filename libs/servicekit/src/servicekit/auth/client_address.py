"""The address a request comes from, as far as it can be believed."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

from servicekit.settings import Network

_CACHE = 4096


def client_address(scope: Scope, headers: Headers, trusted: tuple[Network, ...]) -> str:
    """The nearest address that is not one of our proxies, "unknown" when there is none.

    X-Forwarded-For is read from its end, and only as far as trusted proxies wrote it: what a client puts there itself
    is never reached. An IPv6 client counts by its /64, which is what one household gets.
    """
    client = scope.get("client")
    nearest = client[0] if client else "unknown"
    if not _is_trusted(nearest, trusted):
        return _counted(nearest)
    for hop in reversed(headers.get("x-forwarded-for", "").split(",")):
        address = hop.strip()
        if not address:
            continue
        nearest = address
        if not _is_trusted(address, trusted):
            break
    return _counted(nearest)


@lru_cache(_CACHE)
def _is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)


@lru_cache(_CACHE)
def _counted(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else str(parsed)
