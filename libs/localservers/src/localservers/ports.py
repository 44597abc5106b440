"""Ports of a stack's own: free when chosen, kept from one `up` to the next, never a server's default port."""

import hashlib
import json
import socket
from collections.abc import Container

from localservers.errors import NoFreePort
from localservers.files import read_json, write_whole
from localservers.home import Home

FIRST, LAST = 26_000, 31_999
"""Below the ports that Linux and macOS give to outgoing connections, above every server's default one."""


def is_free(port: int) -> bool:
    """Return whether a server could listen on the port on 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def reserve_port(home: Home, name: str, *, in_use: bool = False) -> int:
    """Return the port of `name` in this home and remember it.

    The port of last time is kept while it is free, or while `in_use` says that our own process holds it. Else the
    next free one is taken, starting from a place that depends on home and name, so that two stacks starting at the
    same moment look in different places.
    """
    kept: dict[str, int] = read_json(home.ports_file)
    port = kept.get(name)
    if port is not None and (in_use or is_free(port)):
        return port
    kept[name] = _find_free(f"{home.key}/{name}", taken=set(kept.values()))
    write_whole(home.ports_file, json.dumps(kept, indent=2))
    return kept[name]


def _find_free(seed: str, *, taken: Container[int]) -> int:
    count = LAST - FIRST + 1
    start = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) % count
    for step in range(count):
        port = FIRST + (start + step) % count
        if port not in taken and is_free(port):
            return port
    raise NoFreePort(f"every port from {FIRST} to {LAST} is taken")
