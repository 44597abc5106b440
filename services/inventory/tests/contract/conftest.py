"""The service on a real port, for tests that know it only by its document."""

import asyncio
import socket
import threading
from collections.abc import Generator

import pytest
import uvicorn
from inventory.main import SERVICE, create_app
from inventory.settings import InventorySettings
from servicekit.cli.operations import declare_topology
from servicekit.testing import Servers, make_settings


@pytest.fixture(scope="module")
def address(servers: Servers, database_url: str) -> Generator[str]:
    """The address of the running service, its queues declared; connections wait in the backlog until it has started."""
    settings = make_settings(InventorySettings, servers, database_url)
    asyncio.run(declare_topology(SERVICE, settings))
    app = create_app(settings)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
