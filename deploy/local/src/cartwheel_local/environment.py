"""The environment of each process of ours, and what is in `stack.env` for scripts, tests and the simulator."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from localservers.files import write_whole
from localservers.home import Home
from localservers.processes import is_alive
from localservers.servers import Servers
from localservers.state import load_running

from cartwheel_local.mail import REGION, SENDER, MailAddresses
from cartwheel_local.secrets import Secrets

PASSED_ON = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_TRACES_SAMPLER_RATIO",
    "SENTRY_DSN",
    "LOG_LEVEL",
    "DB_POOL_TIMEOUT_SECONDS",
    "JWT_ISSUER",
    "JWT_AUDIENCE",
    "INVENTORY_HOLD_DURATION_SECONDS",
    "ARCHIVE_BUCKET",
)
"""Settings of a service that the caller's environment may give to all of them."""

TRACES = "traces"
"""The process of a stack that takes its spans, where one was started."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything answers; `services` is each service's api, by name, `traces_url` takes spans."""

    gateway_url: str
    services: Mapping[str, str]
    servers: Servers
    mail: MailAddresses
    traces_url: str | None = None


def traces_address(home: Home) -> str | None:
    """Return where the stack's own process takes spans, or None when none runs."""
    running = load_running(home).get(TRACES)
    return f"http://127.0.0.1:{running.port}" if running is not None and is_alive(running) else None


def service_environment(
    secrets: Secrets, addresses: Addresses, database_url: str, upstreams: Iterable[str]
) -> dict[str, str]:
    """Return the settings of one service's processes; `upstreams` are the services that it calls."""
    given = {name: os.environ[name] for name in PASSED_ON if os.environ.get(name)}
    collector = {"OTEL_EXPORTER_OTLP_ENDPOINT": addresses.traces_url} if addresses.traces_url else {}
    return (
        collector
        | given
        | {
            "APP_ENV": "development",
            "DATABASE_URL": database_url,
            "REDIS_URL": addresses.servers.redis_url,
            "RABBITMQ_URL": addresses.servers.rabbitmq_url,
            "JWT_SECRET": secrets.jwt_secret,
            "SERVICE_TOKEN_SECRET": secrets.service_token_secret,
            "SEAL_KEY": secrets.seal_key,
            "CONTACT_SEAL_KEY": secrets.contact_seal_key,
            "CART_COOKIE_SECRET": secrets.cart_cookie_secret,
            "CART_RECOVERY_HMAC_SECRET": f"local:{secrets.recovery_hmac_secret}",
            "COMPANY_PORTAL_URL": addresses.gateway_url,
            "PUBLIC_API_URL": addresses.gateway_url,
            "TRUSTED_PROXIES": "127.0.0.1",
            "CORS_ORIGINS": addresses.gateway_url,
            "SES_FROM": SENDER,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_ENDPOINT_URL_SESV2": addresses.mail.aws_url,
            "AWS_ENDPOINT_URL_S3": addresses.mail.aws_url,
            **{f"{name.upper()}_URL": addresses.services[name] for name in upstreams},
        }
    )


def stack_variables(secrets: Secrets, addresses: Addresses) -> dict[str, str]:
    """Return what whoever uses the stack has to know: where everything answers, and the keys that sign tokens."""
    return {
        "API_URL": addresses.gateway_url,
        "CART_INTERNAL_URL": addresses.services["cart"],
        "ANALYTICS_INTERNAL_URL": addresses.services["analytics"],
        "POSTGRES_URL": addresses.servers.postgres_url,
        "REDIS_URL": addresses.servers.redis_url,
        "RABBITMQ_URL": addresses.servers.rabbitmq_url,
        "MAILBOX_URL": addresses.mail.messages_url,
        "AWS_ENDPOINT_URL_S3": addresses.mail.aws_url,
        "JWT_SECRET": secrets.jwt_secret,
        "SERVICE_TOKEN_SECRET": secrets.service_token_secret,
    }


def write_stack_env(home: Home, variables: Mapping[str, str]) -> None:
    """Write `stack.env`, readable by the owner alone.

    Each line is `NAME=value` with nothing that a shell or a dotenv reader would expand.
    """
    lines = [f"{name}={value}" for name, value in sorted(variables.items())]
    write_whole(home.env_file, "\n".join(lines) + "\n", mode=0o600)
