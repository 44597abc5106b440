"""The service on a real port, for tests that know it only by its document."""

import socket
import threading
from collections.abc import Generator
from ipaddress import ip_network

import pytest
import uvicorn
from cart.main import create_app
from cart.settings import CartSettings


@pytest.fixture(scope="module")
def address(settings: CartSettings) -> Generator[str]:
    """The address of the running service; connections wait in the socket's backlog until it has started."""
    behind_a_proxy = settings.model_copy(update={"trusted_proxies": (ip_network("127.0.0.0/8"),)})
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(behind_a_proxy), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
