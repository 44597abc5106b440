"""How connections to PostgreSQL are made: so that a node that is lost, on either side, holds nothing up for long.

Without this the kernel gives a silent peer about two hours, in which the server keeps its locks and its transaction.
"""

import socket
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from servicekit.hosts import Rotation

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

CONNECT_TIMEOUT_SECONDS = 5.0
_KEEPALIVE_IDLE_SECONDS, _KEEPALIVE_INTERVAL_SECONDS, _KEEPALIVE_COUNT = 10, 5, 3
_UNACKNOWLEDGED_MILLISECONDS = 25_000
"""How long sent data may stay without the other kernel's acknowledgement before the connection is given up."""
IDLE_IN_TRANSACTION_SECONDS = 30
"""How long a transaction may do nothing before the server ends it, and with it the locks of a process that stands."""

SESSION_SETTINGS = {
    "tcp_keepalives_idle": str(_KEEPALIVE_IDLE_SECONDS),
    "tcp_keepalives_interval": str(_KEEPALIVE_INTERVAL_SECONDS),
    "tcp_keepalives_count": str(_KEEPALIVE_COUNT),
    "tcp_user_timeout": str(_UNACKNOWLEDGED_MILLISECONDS),
    "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_SECONDS}s",
    "jit": "off",
}
"""What PostgreSQL has to do for each session. A transaction pooler has to drop these when a client connects, and to set
them itself (docs/operations/scale.md)."""


def server_settings(application: str, **more: str) -> dict[str, str]:
    """What the server is told of a connection: who it is, and when to give it up."""
    return {"application_name": application, "timezone": "UTC", **SESSION_SETTINGS, **more}


_NOT_THIS_ONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TargetServerAttributeNotMatched,
)
"""Besides OSError, why another host may be better."""
_rotations: Final[dict[str, Rotation]] = {}
"""By address, for the life of the process: after a failover every new connection begins at the host that is good."""


async def connect(dsn: str | None = None, **kwargs: Any) -> "Connection":
    """`asyncpg.connect`, with this side's kernel watching the other; it takes the same arguments.

    Of an address with several hosts each has the whole `timeout`: the library gives it to all of them together, so that
    nobody would get past a first one that is silent. With target_session_attrs=read-write a standby is passed by.
    Raises what the last host did.
    """
    rotation = _rotations.setdefault(dsn or "", Rotation(dsn or ""))
    connection = await _connect(rotation, len(rotation.hosts) - 1, kwargs)
    transport = connection._transport  # type: ignore[attr-defined]  # asyncpg has no hook for its socket
    _watch(transport.get_extra_info("socket"))
    return connection


async def _connect(rotation: Rotation, others: int, kwargs: dict[str, Any]) -> "Connection":
    """Connect to the host whose turn it is, else to one of so many others."""
    host = rotation.take()
    try:
        connection: Connection = await asyncpg.connect(host, **kwargs)
    except (OSError, *_NOT_THIS_ONE):
        if not others:
            raise
        return await _connect(rotation, others - 1, kwargs)
    rotation.is_good(host)
    return connection


def _watch(peer: socket.socket) -> None:
    if peer.family == socket.AF_UNIX:
        return
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _KEEPALIVE_IDLE_SECONDS)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _KEEPALIVE_INTERVAL_SECONDS)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _KEEPALIVE_COUNT)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MILLISECONDS)
