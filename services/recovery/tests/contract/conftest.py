"""The service on a real port, for tests that know it only by its document."""

import asyncio
import socket
import threading
from collections.abc import Generator

import pytest
import uvicorn
from recovery.main import create_app
from recovery.settings import RecoverySettings


@pytest.fixture(scope="module")
def address(settings: RecoverySettings) -> Generator[str]:
    """The address of the running service; connections wait in the socket's backlog until it has started."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_config=None, access_log=False))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
