"""The settings of services as a documented `.env` file, and secrets for it."""

import base64
import secrets
from collections.abc import Iterable
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from servicekit.settings import ServiceSettings

SECRET_NAMES = ("JWT_SECRET", "SERVICE_TOKEN_SECRET")


def environment_example(classes: Iterable[type[ServiceSettings]]) -> str:
    """Every variable once, in the order of the classes, with what it is for; what has a default is commented out."""
    fields = {name: field for settings in classes for name, field in settings.model_fields.items()}
    return "\n\n".join(_entry(name.upper(), field) for name, field in fields.items()) + "\n"


def _entry(variable: str, field: FieldInfo) -> str:
    described = f"# {(field.description or '').strip()}"
    if field.is_required():
        return f"{described}\n{variable}="
    return f"{described}\n# {variable}={_written(field.get_default(call_default_factory=False))}"


def _written(default: Any) -> str:
    """A default as it would stand in the file."""
    if default is None or default is PydanticUndefined:
        return ""
    if isinstance(default, list | tuple):
        return ",".join(str(part) for part in default)
    return str(default).lower() if isinstance(default, bool) else str(default)


def new_secrets() -> str:
    """Fresh values for the secrets that all services share, as lines of a `.env` file."""
    lines = [f"{name}={secrets.token_urlsafe(48)}" for name in SECRET_NAMES]
    lines.append(f"SEAL_KEY={base64.b64encode(secrets.token_bytes(32)).decode()}")
    return "\n".join(lines) + "\n"
