"""A server that plays Cartwheel, and a client of it that does not wait long between its attempts."""

from collections.abc import AsyncIterator, Iterator

import pytest
from cartwheel_client import Cartwheel, Retries

from .answers import COMPANY
from .server import Server, serving

QUICK = Retries(attempts=3, first_pause=0.001, longest_pause=0.002, longest_retry_after=1.0)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of the test's own."""
    with serving() as server:
        yield server


@pytest.fixture
async def cartwheel(server: Server) -> AsyncIterator[Cartwheel]:
    """A client of it."""
    async with Cartwheel(server.url, COMPANY, retries=QUICK, timeout=2) as cartwheel:
        yield cartwheel
