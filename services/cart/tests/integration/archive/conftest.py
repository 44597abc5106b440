"""A shop whose old orders go into a bucket of moto's."""

from collections.abc import AsyncGenerator, Generator

import pytest
from cart.archive.clients import ObjectStore, S3Store
from cart.main import create_app
from cart.settings import CartSettings
from moto.server import ThreadedMotoServer
from servicekit.db import Database
from servicekit.testing import FixedClock
from servicekit.testing.http import client_of

from ...archiving import Bucket
from ...shop import Shop


@pytest.fixture(scope="module")
def bucket() -> Generator[Bucket]:
    """Moto as S3 over HTTP; its address is what the AWS library reads from the environment."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL_S3", f"http://{host}:{port}")
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield Bucket("archive")
    server.stop()


@pytest.fixture(scope="module")
def settings(settings: CartSettings, bucket: Bucket) -> CartSettings:
    """The service with an archive."""
    return settings.model_copy(update={"archive_bucket": bucket.name})


@pytest.fixture(scope="module")
def store(settings: CartSettings, bucket: Bucket) -> ObjectStore:
    """The production's way to the bucket."""
    return S3Store(settings, bucket.name)


@pytest.fixture
async def shop(settings: CartSettings, database: Database, clock: FixedClock) -> AsyncGenerator[Shop]:
    """A shop by a clock that is moved by hand."""
    async with client_of(create_app(settings, clock)) as client:
        yield await Shop.open(client, database)
