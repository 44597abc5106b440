"""Whose database the tests use, the carts that it reads, and the application that they call."""

from collections.abc import AsyncGenerator, Generator

import httpx
import pytest
from servicekit.roles.service import AnyService
from servicekit.testing import Servers, client_of, make_settings
from upsell.main import SERVICE, create_app
from upsell.settings import UpsellSettings

from .cart_service import CartService


@pytest.fixture(scope="session")
def service() -> AnyService:
    """The service whose migrations make the database."""
    return SERVICE


@pytest.fixture(scope="session")
def carts() -> Generator[CartService]:
    """A small cart service on a port of its own, true to the contract."""
    with CartService().running() as carts:
        yield carts


@pytest.fixture(scope="module")
def settings(servers: Servers, database_url: str, carts: CartService) -> UpsellSettings:
    """Settings that point at that cart service."""
    return make_settings(UpsellSettings, servers, database_url, cart_url=carts.url)


@pytest.fixture(scope="module")
async def client(settings: UpsellSettings) -> AsyncGenerator[httpx.AsyncClient]:
    """Calls the production application, on a database of the module's own."""
    async with client_of(create_app(settings)) as client:
        yield client


@pytest.fixture
async def client_without_carts(servers: Servers, database_url: str) -> AsyncGenerator[httpx.AsyncClient]:
    """The application while nobody answers at the cart service's address."""
    settings = make_settings(UpsellSettings, servers, database_url, cart_url="http://127.0.0.1:1")
    async with client_of(create_app(settings)) as client:
        yield client
