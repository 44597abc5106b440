"""Real servers around recovery: its database, a cart service of the tests' own, and moto as the mail provider."""

from collections.abc import AsyncGenerator, Generator
from uuid import UUID

import boto3
import pytest
from moto.server import ThreadedMotoServer
from recovery.mail.clients import SesMailer
from recovery.main import SERVICE
from recovery.settings import RecoverySettings
from servicekit.roles.service import AnyService
from servicekit.testing import Servers, make_settings
from servicekit.testing.settings import SEAL_KEY

from .carts import CartServer
from .scene import Scene, scene_of

SES_FROM = "Recovery <carts@shop.example>"
LINK_SECRET = "first:a secret of the tests that signs only their links"


@pytest.fixture(scope="session")
def service() -> AnyService:
    """The service whose migrations make the database."""
    return SERVICE


@pytest.fixture(scope="session")
def provider() -> Generator[str]:
    """Moto as SES over HTTP, with the sender verified; the address that boto3 uses from the environment."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        for name, value in (
            ("AWS_ENDPOINT_URL_SESV2", f"http://{host}:{port}"),
            ("AWS_ACCESS_KEY_ID", "testing"),
            ("AWS_SECRET_ACCESS_KEY", "testing"),
        ):
            environment.setenv(name, value)
        boto3.client("sesv2", region_name="us-east-1").create_email_identity(EmailIdentity="carts@shop.example")
        yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
async def carts() -> AsyncGenerator[CartServer]:
    """A server that answers as the cart service does, its carts set by the test."""
    async with CartServer() as server:
        yield server


@pytest.fixture(scope="module")
def settings(servers: Servers, database_url: str, carts: CartServer, provider: str) -> RecoverySettings:
    """The settings of every process under test."""
    return make_settings(
        RecoverySettings,
        servers,
        database_url,
        cart_url=carts.url,
        cart_recovery_hmac_secret=LINK_SECRET,
        contact_seal_key=SEAL_KEY,
        ses_from=SES_FROM,
        company_portal_url="http://shop.example",
        trusted_proxies="127.0.0.1/32",
        ses_connect_timeout_seconds=2,
        ses_read_timeout_seconds=2,
    )


@pytest.fixture(scope="module")
def mailer(settings: RecoverySettings) -> SesMailer:
    """The production's way to the provider; making one takes a while, so a module shares it."""
    return SesMailer(settings)


@pytest.fixture
async def scene(
    settings: RecoverySettings, mailer: SesMailer, carts: CartServer, company_id: UUID
) -> AsyncGenerator[Scene]:
    """One company with one site, on a clock that the test holds."""
    async with scene_of(settings, carts, company_id, mailer) as scene:
        yield scene
