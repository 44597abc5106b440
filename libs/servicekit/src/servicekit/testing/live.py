"""An application on a real port, for tests that know it only by its document."""

import asyncio
import socket
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette

from servicekit.roles.http_protocol import HttpProtocol


@contextmanager
def serving(app: Starlette) -> Generator[str]:
    """Serve in a thread of its own and give the address; connections wait in the backlog until it has started."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, http=HttpProtocol, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@asynccontextmanager
async def serving_here(app: Starlette) -> AsyncGenerator[str]:
    """Serve in the test's own loop, without a lifespan, and give the address: a stub that a test talks to."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = _WithoutSignals(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve([listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


class _WithoutSignals(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to the tests."""
        yield
