"""Passwords and keys of one home: made once, kept in it with mode 0600."""

import json
import secrets as randomness
from dataclasses import Field, asdict, dataclass, fields
from typing import Any, TypeVar

from localservers.files import read_json, write_whole
from localservers.home import Home


@dataclass(frozen=True, slots=True)
class ServerSecrets:
    """What the servers of a home need; who starts more in the same home adds fields in a subclass.

    `mark` is in the environment of each process that is started in the home and nowhere else: that is how a process is
    known to be ours after whoever started it was killed. A field whose metadata has a `fresh` function is made by it,
    every other one is 64 random characters.
    """

    mark: str
    postgres_password: str
    rabbitmq_password: str
    erlang_cookie: str


SecretsT = TypeVar("SecretsT", bound=ServerSecrets)


def keep_secrets(home: Home, kind: type[SecretsT]) -> SecretsT:
    """Return the home's secrets, making those that are missing; the others never change."""
    kept = read_json(home.secrets_file)
    secrets = kind(**{field.name: kept.get(field.name) or _fresh(field) for field in fields(kind)})
    if not asdict(secrets).items() <= kept.items():
        write_whole(home.secrets_file, json.dumps(kept | asdict(secrets), indent=2), mode=0o600)
    return secrets


def random_text() -> str:
    """Return 64 random characters."""
    return randomness.token_hex(32)


def _fresh(field: Field[Any]) -> str:
    make = field.metadata.get("fresh", random_text)
    return str(make())
