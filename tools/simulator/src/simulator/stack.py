"""The stack that a simulation runs against, as its `stack.env` has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import UUID

import httpx
from cartwheel_client import Cartwheel, Retries
from localservers.files import read_env

from simulator.errors import NoStack
from simulator.tokens import Tokens

_TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Stack:
    """Where everything answers; `directory` is where a simulation leaves its files."""

    directory: Path
    gateway_url: str
    cart_url: str
    analytics_url: str
    rabbitmq_url: str
    messages_url: str
    s3_url: str
    tokens: Tokens

    @classmethod
    def at(cls, home: Path) -> Self:
        """The stack whose home this is; raises NoStack when none has been started there."""
        try:
            return cls.of(read_env(home / "stack.env"), home)
        except FileNotFoundError:
            raise NoStack(f"{home} has no stack yet: run `make up`") from None

    @classmethod
    def of(cls, variables: Mapping[str, str], home: Path) -> Self:
        """The stack of these variables; raises NoStack naming one that is missing."""
        try:
            return cls(
                directory=home,
                gateway_url=variables["API_URL"],
                cart_url=variables["CART_INTERNAL_URL"],
                analytics_url=variables["ANALYTICS_INTERNAL_URL"],
                rabbitmq_url=variables["RABBITMQ_URL"],
                messages_url=variables["MAILBOX_URL"],
                s3_url=variables["AWS_ENDPOINT_URL_S3"],
                tokens=Tokens(variables["JWT_SECRET"], variables["SERVICE_TOKEN_SECRET"]),
            )
        except KeyError as missing:
            raise NoStack(f"the stack in {home} does not say {missing}: run `make up`") from None

    def gateway(
        self,
        company_id: UUID,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        retries: Retries | None = None,
        timeout: float = _TIMEOUT_SECONDS,
    ) -> Cartwheel:
        """A client of a company that goes through the gateway, as everybody outside does."""
        return Cartwheel(self.gateway_url, company_id, timeout=timeout, transport=transport, retries=retries)

    def cart_service(
        self,
        company_id: UUID,
        *,
        connections: int,
        retries: Retries | None = None,
        timeout: float = _TIMEOUT_SECONDS,
    ) -> Cartwheel:
        """A client of the cart service itself, as the shop's order system is one; so many requests at a time."""
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        return Cartwheel(self.cart_url, company_id, timeout=timeout, limits=limits, retries=retries)
