"""The api on a real port, for tests that are made from its OpenAPI document alone."""

import socket
import threading
from collections.abc import Generator

import pytest
import uvicorn
from analytics.main import create_app
from analytics.settings import AnalyticsSettings
from servicekit.messaging import topology
from servicekit.messaging.broker import Broker
from servicekit.testing import Servers, make_settings


@pytest.fixture(scope="module")
async def broker(servers: Servers) -> None:
    """A broker with the service's dead letters; none of its other queues, which nobody would empty."""
    broker = await Broker.connect(servers.rabbitmq_url, name="contract tests", within=30)
    await topology.declare(await broker.channel(), "analytics", ())
    await broker.close()


@pytest.fixture(scope="module")
def address(servers: Servers, database_url: str, broker: None) -> Generator[str]:
    """The address of the running api; connections wait in the socket's backlog until it has started."""
    app = create_app(make_settings(AnalyticsSettings, servers, database_url))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
