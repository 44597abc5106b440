"""Settings of a service, read from the environment once, at start; a service with wrong ones does not start.

A field's name in capitals is the variable's name. The docstring below a field is its line in `.env.example`.
"""

import base64
import binascii
import sys
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    JsonValue,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Network = IPv4Network | IPv6Network

MIN_SECRET_LENGTH = 32
"""Characters that a signing secret has at least."""

FRESH_TEXT: dict[str, JsonValue] = {"fresh": "{text}"}
"""How the `secrets` command makes a value: `{text}` is 64 random characters, such as in "1:{text}" for a key ring."""
FRESH_BYTES: dict[str, JsonValue] = {"fresh": "{bytes}"}
"""How the `secrets` command makes a key: `{bytes}` is 32 random bytes in base64."""


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _networks(value: object) -> object:
    parts = _split(value)
    return tuple(ip_network(part) for part in parts) if isinstance(parts, list) else parts


def seal_keys(value: SecretStr) -> tuple[bytes, ...]:
    """The keys that seal, the one that does first; ValueError unless each is 32 bytes in base64."""
    try:
        keys = tuple(base64.b64decode(part.strip(), validate=True) for part in value.get_secret_value().split(","))
    except binascii.Error:
        keys = ()
    if not keys or any(len(key) != 32 for key in keys):
        raise ValueError("must be 32 bytes in base64")
    return keys


def _sealing(value: SecretStr) -> SecretStr:
    seal_keys(value)
    return value


SealKeys = Annotated[SecretStr, AfterValidator(_sealing)]
"""One key of 32 bytes in base64, or several, separated by commas, while they are rotated."""
CommaList = Annotated[list[str], NoDecode, BeforeValidator(_split)]
"""A list written in one variable, separated by commas."""


class ServiceSettings(BaseSettings):
    """What every service needs; a service's own class adds its fields to these."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )

    app_env: Literal["development", "test", "production"] = Field(
        default="production", validation_alias=AliasChoices("APP_ENV", "NODE_ENV")
    )
    """Where this runs: development, test or production. NODE_ENV is another name of it."""

    database_url: str = Field(repr=False, pattern=r"^postgres(ql)?://")
    """PostgreSQL of this service: postgresql://user:password@host:port/database; the user must not be a superuser. Of a
    primary with standbys: …@one:5432,two:5432/database?target_session_attrs=read-write."""
    database_direct_url: str | None = Field(default=None, repr=False, pattern=r"^postgres(ql)?://")
    """PostgreSQL past a transaction pooler, for session locks, VACUUM and migrations; DATABASE_URL when empty."""
    db_pool_size: int = Field(default=10, ge=1, le=200)
    """Connections that one process opens at most."""
    db_statement_cache_size: int = Field(default=100, ge=0, le=10_000)
    """Prepared statements that a connection keeps; 0 behind a pooler that does not know them (PgBouncer below 1.21)."""
    db_pool_timeout_seconds: float = Field(default=2, gt=0)
    """How long a request waits for a free connection before its answer is 503; longer waits only lengthen the queue."""
    redis_url: str = Field(repr=False, pattern=r"^(rediss?|unix)://")
    """Redis for rate limits and caches; it must not evict keys that have no TTL."""
    rabbitmq_url: str = Field(repr=False, pattern=r"^amqps?://")
    """RabbitMQ: amqp://user:password@host:port/vhost; of a cluster: …@one:5672,two:5672,three:5672/vhost."""

    jwt_secret: SecretStr | None = Field(default=None, json_schema_extra=FRESH_TEXT)
    """Key of HS256 tokens, 32 characters or more; refused in production."""
    jwt_jwks_url: str | None = Field(default=None, pattern=r"^https?://", validate_default=True)
    """Where the keys of RS256 and ES256 tokens are published; needed unless JWT_SECRET is set."""
    jwt_issuer: str | None = None
    """The iss that a token must have; not checked when empty."""
    jwt_audience: str | None = None
    """The aud that a token must have; not checked when empty."""
    service_token_secret: SecretStr = Field(json_schema_extra=FRESH_TEXT)
    """Key of the tokens that services show each other, 32 characters or more."""
    seal_key: SealKeys = Field(json_schema_extra=FRESH_BYTES)
    """Seals stored answers: 32 bytes in base64; several, separated by commas, while rotating (the first one seals)."""

    company_portal_url: str = "http://localhost:3003"
    """Address of the shop that links lead to when a site has none of its own."""
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)] = ()
    """Networks whose X-Forwarded-For is believed, separated by commas."""
    cors_origins: CommaList = []
    """Origins that browsers may call from, separated by commas."""
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024)
    """Bytes of a request's body at most; routes that import have a limit of their own."""
    shutdown_grace_seconds: float = Field(default=20, ge=0)
    """How long what is in hand may take after SIGTERM."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least that is logged."""
    access_log: bool = True
    """Write one line for each request."""
    otel_exporter_otlp_endpoint: str | None = Field(default=None, pattern=r"^https?://")
    """Base address of an OTLP collector (HTTP, protobuf); without it no span is recorded."""
    otel_traces_sampler_ratio: float = Field(default=1.0, ge=0, le=1)
    """Share of new traces that are recorded."""
    sentry_dsn: SecretStr | None = Field(default=None)
    """Where unforeseen errors are reported, without personal data: a DSN of Sentry, or of a server like it."""
    sentry_release: str | None = None
    """The version that reports name, such as the image's tag."""

    @field_validator("jwt_secret", "service_token_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < MIN_SECRET_LENGTH:
            raise ValueError(f"must have {MIN_SECRET_LENGTH} characters or more")
        return value

    @field_validator("jwt_secret")
    @classmethod
    def _not_in_production(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None and info.data.get("app_env") == "production":
            raise ValueError("is refused in production, use JWT_JWKS_URL")
        return value

    @field_validator("jwt_jwks_url")
    @classmethod
    def _some_key(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("jwt_secret", "faulty") is None:
            raise ValueError("is missing (or JWT_SECRET, outside production)")
        return value


SettingsT = TypeVar("SettingsT", bound=ServiceSettings)


def load(settings_class: type[SettingsT]) -> SettingsT:
    """Read the settings from the environment, or end the process with status 2 and one line that names every fault."""
    try:
        return settings_class()
    except ValidationError as invalid:
        sys.stderr.write(f"cannot start: {'; '.join(_faults(invalid))}\n")
        raise SystemExit(2) from None


def stand_in(settings_class: type[ServiceSettings]) -> ServiceSettings:
    """Settings for documents alone: defaults, and empty texts for what has none; the environment is not read.

    Nothing can be started with them.
    """
    empty: dict[str, Any] = {name: "" for name, field in settings_class.model_fields.items() if field.is_required()}
    return settings_class.model_construct(**empty)


def _faults(invalid: ValidationError) -> list[str]:
    """One phrase per wrong variable, never its value."""
    return [
        f"{str(error['loc'][0]).upper()} {_fault(error['type'], error['msg'])}"
        for error in invalid.errors(include_input=False, include_url=False)
    ]


def _fault(kind: str, message: str) -> str:
    reason = message.removeprefix("Value error, ")
    return "is missing" if kind == "missing" else f"is wrong: {reason}" if reason == message else reason
