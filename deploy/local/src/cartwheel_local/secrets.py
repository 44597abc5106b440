"""Passwords and keys of one stack: made once, kept in its home with mode 0600."""

import base64
import json
import secrets as randomness
from dataclasses import asdict, dataclass, fields

from cartwheel_local.files import read_json, write_whole
from cartwheel_local.home import Home


@dataclass(frozen=True, slots=True)
class Secrets:
    """Every secret of one stack.

    `mark` is in the environment of each process that the stack starts and nowhere else: that is how a process is
    known to be ours after whoever started it was killed.
    """

    mark: str
    postgres_password: str
    service_password: str
    rabbitmq_password: str
    erlang_cookie: str
    jwt_secret: str
    service_token_secret: str
    cart_cookie_secret: str
    recovery_hmac_secret: str
    seal_key: str


def load_secrets(home: Home) -> Secrets:
    """Return the home's secrets, making those that are missing; the others never change."""
    kept = read_json(home.secrets_file)
    secrets = Secrets(**{field.name: kept.get(field.name) or _fresh(field.name) for field in fields(Secrets)})
    if asdict(secrets) != kept:
        write_whole(home.secrets_file, json.dumps(asdict(secrets), indent=2), mode=0o600)
    return secrets


def _fresh(name: str) -> str:
    if name == "seal_key":
        return base64.b64encode(randomness.token_bytes(32)).decode()
    return randomness.token_hex(32)
