"""Migrating several services from one process."""

import pytest
from cartwheel_local.environment import Addresses, service_environment
from cartwheel_local.mail import MailAddresses
from cartwheel_local.secrets import Secrets
from cartwheel_local.services import SERVICES, migrate_services
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
        await migrate_services(home, secrets, dict.fromkeys(("cart", "pricing"), settings))

    assert failure.value.log == home.log("cart-migrate")
    assert "Connect call failed" in home.log("cart-migrate").read_text()
    assert "Connect call failed" in home.log("pricing-migrate").read_text()


async def test_a_missing_setting_is_in_the_log(home: Home, secrets: Secrets) -> None:
    """A service that refuses to start says why in one line, and the line is kept."""
    settings = detached_environment(secrets)
    del settings["SEAL_KEY"]

    with pytest.raises(StepFailed):
        await migrate_services(home, secrets, {"cart": settings})

    assert "SEAL_KEY is missing" in home.log("cart-migrate").read_text()
