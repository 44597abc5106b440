"""The service on a real port, for tests that know it only by its document."""

import socket
import threading
from collections.abc import Generator

import pytest
import uvicorn
from servicekit.testing import Servers, make_settings
from upsell.main import create_app
from upsell.settings import Settings

from ..cart_service import CartService  # the tests' own folder has no name to import it by


@pytest.fixture(scope="module")
def address(servers: Servers, database_url: str, carts: CartService) -> Generator[str]:
    """The address of the running service; connections wait in the socket's backlog until it has started."""
    app = create_app(make_settings(Settings, servers, database_url, cart_url=carts.url))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
