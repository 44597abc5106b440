"""JWTs of shoppers and staff: RS256 and ES256 with keys from a JWKS, HS256 outside production (api.md, "Auth")."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import jwt
import structlog
from jwt.types import Options

from servicekit.auth.token_cache import TokenCache
from servicekit.errors import ServiceUnavailable503, Unauthenticated401
from servicekit.settings import ServiceSettings

LEEWAY_SECONDS = 10
"""How far the issuer's clock may be off."""
JWKS_TIMEOUT_SECONDS = 3.0
JWKS_LIFESPAN_SECONDS = 300.0
JWKS_COOLDOWN_SECONDS = 10.0
"""An unknown key id asks for the keys again, but no more often than this."""

_PUBLIC_KEY_ALGORITHMS = ["RS256", "ES256"]
_MAX_TOKEN_LENGTH = 8192
_MAX_GROUPS = 50

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified JWT says."""

    subject: str
    company_id: UUID | None
    roles: frozenset[str]
    email: str | None
    groups: tuple[str, ...]
    tax_exempt: bool
    locale: str | None
    site_id: UUID | None
    expires_at: datetime


class UserTokens:
    """Verifies JWTs. A key serves its own algorithms only: an HS256 token is never tried against a public key."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._secret = settings.jwt_secret.get_secret_value() if settings.jwt_secret else None
        self._keys = PublishedKeys(settings.jwt_jwks_url) if settings.jwt_jwks_url else None
        self._issuer, self._audience = settings.jwt_issuer, settings.jwt_audience
        self._verified: TokenCache[Claims] = TokenCache()

    async def verify(self, token: str) -> Claims:
        """The token's claims; raises Unauthenticated401, or ServiceUnavailable503 when its key cannot be fetched."""
        if claims := self._verified.get(token):
            return claims
        try:
            payload = await self._decode(token)
            claims = _read(payload)
        except (jwt.PyJWTError, ValueError, TypeError) as fault:
            log.info("user_token_refused", reason=type(fault).__name__)
            raise Unauthenticated401 from None
        self._verified.put(token, float(payload["exp"]), claims)
        return claims

    async def _decode(self, token: str) -> dict[str, Any]:
        if len(token) > _MAX_TOKEN_LENGTH:
            raise jwt.DecodeError("too long")
        header = jwt.get_unverified_header(token)
        if header.get("alg") == "HS256":
            return self._checked(token, self._shared_secret(), ["HS256"])
        if self._keys is None or header.get("alg") not in _PUBLIC_KEY_ALGORITHMS:
            raise jwt.InvalidAlgorithmError("not accepted here")
        key = await self._keys.find(header.get("kid"))
        return self._checked(token, key, _PUBLIC_KEY_ALGORITHMS)

    def _shared_secret(self) -> str:
        if self._secret is None:
            raise jwt.InvalidAlgorithmError("HS256 is not accepted here")
        return self._secret

    def _checked(self, token: str, key: str | jwt.PyJWK, algorithms: list[str]) -> dict[str, Any]:
        required = ["exp", "sub", *(["aud"] if self._audience else []), *(["iss"] if self._issuer else [])]
        options: Options = {"require": required}
        return jwt.decode(
            token,
            key,
            algorithms=algorithms,
            audience=self._audience,
            issuer=self._issuer,
            leeway=LEEWAY_SECONDS,
            options=options,
        )


class PublishedKeys:
    """The issuer's public keys, cached; a key seen before still serves while the issuer is away."""

    def __init__(self, url: str) -> None:
        self._client = jwt.PyJWKClient(
            url,
            lifespan=JWKS_LIFESPAN_SECONDS,
            timeout=JWKS_TIMEOUT_SECONDS,
            cooldown_duration=JWKS_COOLDOWN_SECONDS,
        )
        self._seen: dict[str, jwt.PyJWK] = {}

    async def find(self, key_id: object) -> jwt.PyJWK:
        """The key of this id; jwt.InvalidKeyError for an unknown one, ServiceUnavailable503 when nobody can say."""
        if not isinstance(key_id, str):
            raise jwt.InvalidKeyError("no key id")
        try:
            key = await asyncio.to_thread(self._client.get_signing_key, key_id)
        except jwt.PyJWKClientConnectionError:
            if key_id not in self._seen:
                raise ServiceUnavailable503 from None
            return self._seen[key_id]
        except jwt.PyJWKClientError:
            raise jwt.InvalidKeyError("unknown key id") from None
        self._seen[key_id] = key
        return key


def _read(payload: Mapping[str, Any]) -> Claims:
    """The claims in our types; ValueError or TypeError for one of a wrong form."""
    company, site = payload.get("company_id"), payload.get("site_id")
    return Claims(
        subject=_text(payload["sub"]),
        company_id=UUID(_text(company)) if company is not None else None,
        roles=frozenset(_texts(payload.get("roles"))),
        email=_text(payload["email"]) if payload.get("email") is not None else None,
        groups=_labels(payload.get("groups")),
        tax_exempt=_flag(payload.get("tax_exempt")),
        locale=_text(payload["locale"]) if payload.get("locale") is not None else None,
        site_id=UUID(_text(site)) if site is not None else None,
        expires_at=datetime.fromtimestamp(float(payload["exp"]), UTC),
    )


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(_text(part) for part in value)


def _labels(value: object) -> tuple[str, ...]:
    """A list of texts, each once and in order, so that two tokens of one customer say the same."""
    found = tuple(sorted(set(_texts(value))))
    if len(found) > _MAX_GROUPS:
        raise ValueError(f"more than {_MAX_GROUPS} groups")
    return found


def _flag(value: object) -> bool:
    if value is not None and not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return bool(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value or len(value) > 320 or "\x00" in value:
        raise ValueError("not a text of 1 to 320 characters")
    return value
