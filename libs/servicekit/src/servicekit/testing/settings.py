"""Settings of a service under test."""

import base64
from typing import Any, TypeVar

from localservers.servers import Servers

from servicekit.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)

JWT_SECRET = "a key of the tests that signs nothing but their tokens"  # noqa: S105  # not a secret: it protects nothing
SERVICE_TOKEN_SECRET = "a key of the tests that signs calls between services"  # noqa: S105  # not a secret: it protects nothing
SEAL_KEY = base64.b64encode(b"thirty-two bytes only for tests!").decode()


def make_settings(kind: type[S], servers: Servers, database_url: str, **fields: Any) -> S:
    """Settings that point at the tests' servers, with known keys; `fields` are the service's own, or replace these."""
    return kind(
        **{
            "app_env": "test",
            "db_pool_timeout_seconds": 20,  # a machine that runs tests is busy
            "database_url": database_url,
            "redis_url": servers.redis_url,
            "rabbitmq_url": servers.rabbitmq_url,
            "jwt_secret": JWT_SECRET,
            "service_token_secret": SERVICE_TOKEN_SECRET,
            "seal_key": SEAL_KEY,
            **fields,
        }
    )
