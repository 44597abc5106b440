"""The application that the scenarios call."""

import secrets
from collections.abc import AsyncGenerator
from ipaddress import IPv4Address

import httpx
import pytest
from recovery.main import create_app
from servicekit.testing import client_of

from ..scene import Scene


@pytest.fixture
async def client(scene: Scene) -> AsyncGenerator[httpx.AsyncClient]:
    """Calls the production application, on the scene's clock, from an address of the test's own."""
    async with client_of(create_app(scene.settings, scene.clock)) as client:
        client.headers["x-forwarded-for"] = str(IPv4Address(0x0A000000 + secrets.randbelow(1 << 24)))
        yield client
