"""The HTTP server of the api role: uvicorn on uvloop and httptools."""

import asyncio
import gc
import socket
from types import FrameType

import uvicorn
from fastapi import FastAPI

from servicekit.roles.http_protocol import HttpProtocol
from servicekit.settings import ServiceSettings

_GARBAGE_THRESHOLDS = (10_000, 20, 50)
"""A request leaves hardly any cycles behind: looking for them every 700 objects took 4 % of the CPU of an add."""
KEEP_ALIVE_SECONDS = 75
"""Longer than any caller keeps an idle connection, so that it is always the caller that closes."""
DRAIN_SECONDS = 6.0
"""Longer than callers keep an idle connection (gateway and `InternalClient`: 5 s): what is then left has no request."""
_DRAIN_LOOK_SECONDS = 0.05
_LAST_ANSWER = (b"connection", b"close")


class _Server(uvicorn.Server):
    """Is unready before it stops: SIGTERM → unready → no new connection → drain → finish what is in hand → close.

    While it drains, whoever has a connection is answered once more on it and told to take another. To close it at once
    would lose a request that is on its way.
    """

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note the signal."""
        if (kit := getattr(self._app.state, "kit", None)) is not None:
            kit.is_stopping = True
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then close."""
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        self.server_state.default_headers = [*self.server_state.default_headers, _LAST_ANSWER]
        if (kit := getattr(self._app.state, "kit", None)) is not None:
            kit.draining.set()
        await self._drain()
        await super().shutdown(sockets)

    async def _drain(self) -> None:
        deadline = asyncio.get_running_loop().time() + DRAIN_SECONDS
        while self.server_state.connections and not self.force_exit:
            if asyncio.get_running_loop().time() > deadline:
                return
            await asyncio.sleep(_DRAIN_LOOK_SECONDS)


def serve(app: FastAPI, settings: ServiceSettings, *, host: str, port: int, fd: int | None = None) -> None:
    """Serve until SIGTERM or SIGINT; `fd` is a listening socket that was inherited, instead of host and port.

    X-Forwarded-For is not read here but where the trusted proxies are known; our own access log replaces the server's.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        fd=fd,
        loop="uvloop",
        http=HttpProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(settings.shutdown_grace_seconds),
    )
    spare_the_collector()
    _Server(config, app).run()


def spare_the_collector() -> None:
    """Leave what a process has made by now, and keeps, out of every later search for garbage, and search less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE_THRESHOLDS)
