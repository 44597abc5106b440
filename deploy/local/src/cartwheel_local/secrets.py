"""Passwords and keys of one stack: those of its servers, and what its services sign and seal with."""

import base64
import secrets as randomness
from dataclasses import dataclass, field

from localservers.home import Home
from localservers.secrets import ServerSecrets, keep_secrets


def _random_bytes() -> str:
    return base64.b64encode(randomness.token_bytes(32)).decode()


@dataclass(frozen=True, slots=True)
class Secrets(ServerSecrets):
    """Every secret of one stack."""

    service_password: str
    jwt_secret: str
    service_token_secret: str
    cart_cookie_secret: str
    recovery_hmac_secret: str
    backup_cipher_key: str
    seal_key: str = field(metadata={"fresh": _random_bytes})
    contact_seal_key: str = field(metadata={"fresh": _random_bytes})


def load_secrets(home: Home) -> Secrets:
    """Return the home's secrets, making those that are missing; the others never change."""
    return keep_secrets(home, Secrets)
