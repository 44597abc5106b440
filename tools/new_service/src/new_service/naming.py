"""Which names a new service may have."""

import builtins
import keyword
import sys
from importlib.util import find_spec
from pathlib import Path

from manifests.model import Name
from pydantic import TypeAdapter, ValidationError


class NameRefused(Exception):
    """No service can have this name; the message says why."""


def check_name(repository: Path, name: str) -> None:
    """Refuse a name that is no good, or that something has already: raises NameRefused."""
    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError:
        raise NameRefused(
            f"{name!r}: a service's name is 2 to 20 lower-case letters and digits, a letter first"
        ) from None
    if keyword.iskeyword(name) or hasattr(builtins, name):
        raise NameRefused(f"{name!r} is a word of Python")
    if (repository / "services" / name).exists():
        raise NameRefused(f"services/{name} is there already")
    if name in sys.stdlib_module_names or find_spec(name) is not None:
        raise NameRefused(f"{name!r} is a Python package already, which a service of this name would hide")
