"""Migrating several services from one process."""

from itertools import pairwise

import pytest
from cartwheel_local.environment import Addresses, service_environment
from cartwheel_local.launching import FromImages, FromPackages
from cartwheel_local.mail import MailAddresses
from cartwheel_local.secrets import Secrets
from cartwheel_local.services import SERVICES
from localservers.errors import StepFailed
from localservers.home import Home
from localservers.servers import Servers

NOWHERE = "http://127.0.0.1:9"


def detached_environment(secrets: Secrets) -> dict[str, str]:
    """Settings that are complete but lead nowhere."""
    servers = Servers("postgresql://nobody@127.0.0.1:9/none", "redis://127.0.0.1:9/0", "amqp://127.0.0.1:9/")
    mail = MailAddresses(NOWHERE, NOWHERE, NOWHERE)
    addresses = Addresses(NOWHERE, dict.fromkeys(SERVICES, NOWHERE), servers, mail)
    return service_environment(secrets, addresses, servers.postgres_url, SERVICES)


async def test_a_migration_that_fails_is_named_with_its_own_log(home: Home, secrets: Secrets) -> None:
    """The services are migrated side by side, and still each one's failure is in its own file."""
    settings = detached_environment(secrets)

    with pytest.raises(StepFailed, match="cart-migrate") as failure:
        await FromPackages().migrate(home, secrets, dict.fromkeys(("cart", "pricing"), settings))

    assert failure.value.log == home.log("cart-migrate")
    assert "Connect call failed" in home.log("cart-migrate").read_text()
    assert "Connect call failed" in home.log("pricing-migrate").read_text()


async def test_a_missing_setting_is_in_the_log(home: Home, secrets: Secrets) -> None:
    """A service that refuses to start says why in one line, and the line is kept."""
    settings = detached_environment(secrets)
    del settings["SEAL_KEY"]

    with pytest.raises(StepFailed):
        await FromPackages().migrate(home, secrets, {"cart": settings})

    assert "SEAL_KEY is missing" in home.log("cart-migrate").read_text()


async def test_a_container_gets_the_settings_and_no_command_line_shows_them(home: Home, secrets: Secrets) -> None:
    """Everybody on the machine can read a command line."""
    settings = detached_environment(secrets)
    launcher = FromImages(["podman", "run"], "cartwheel-{service}:1", {"CONTAINERS_CONF": "/engine.conf"})

    spec = launcher.spec(home, "cart", ["api", "--port", "8000"], settings)

    assert spec.command[-4:] == ["cartwheel-cart:1", "api", "--port", "8000"]
    assert spec.environment == {**settings, "CONTAINERS_CONF": "/engine.conf"}
    named = {value for option, value in pairwise(spec.command) if option == "--env"}
    assert named == settings.keys()
    assert secrets.jwt_secret not in " ".join(spec.command)


async def test_a_container_that_does_not_migrate_is_named_with_its_log(home: Home, secrets: Secrets) -> None:
    """Also an engine that cannot start one."""
    launcher = FromImages(["/bin/sh", "-c", "echo no such image; exit 125"], "cartwheel-{service}:1", {})

    with pytest.raises(StepFailed, match="cart-migrate") as failure:
        await launcher.migrate(home, secrets, {"cart": detached_environment(secrets)})

    assert failure.value.log == home.log("cart-migrate")
    assert "no such image" in home.log("cart-migrate").read_text()
