"""The settings of services as a documented `.env` file, and secrets for it.

`python -m servicekit.cli.settings_document cart pricing …` prints the file for these services (packages that have a
`main.SERVICE`); with `--check FILE` it says by its status whether the file still is what it would print.
"""

import base64
import secrets
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from servicekit.settings import ServiceSettings

_HEAD = """# Every setting of every service. A variable with a default stands commented out, with that default.
# Fresh secrets: python -m recovery secrets

"""


def environment_example(classes: Iterable[type[ServiceSettings]]) -> str:
    """Every variable once, in the order of the classes, with what it is for; what has a default is commented out."""
    fields = {name: field for settings in classes for name, field in settings.model_fields.items()}
    return "\n\n".join(_entry(name.upper(), field) for name, field in fields.items()) + "\n"


def _entry(variable: str, field: FieldInfo) -> str:
    comment = f"# {(field.description or '').strip()}"
    if field.is_required():
        return f"{comment}\n{variable}="
    return f"{comment}\n# {variable}={_written(field.get_default(call_default_factory=False))}"


def _written(default: Any) -> str:
    """A default as it would stand in the file."""
    if default is None or default is PydanticUndefined:
        return ""
    if isinstance(default, list | tuple):
        return ",".join(str(part) for part in default)
    return str(default).lower() if isinstance(default, bool) else str(default)


def new_secrets(settings: type[ServiceSettings]) -> str:
    """Fresh values for the secrets of a service, as lines of an `.env` file; those of the chassis are shared by all."""
    made = ((name.upper(), _fresh(field)) for name, field in settings.model_fields.items())
    return "".join(f"{variable}={value}\n" for variable, value in made if value is not None)


def _fresh(field: FieldInfo) -> str | None:
    """A new value of the form that the field states (`FRESH_TEXT` and its like); None for what is no secret."""
    extra = field.json_schema_extra
    form = extra.get("fresh") if isinstance(extra, dict) else None
    if not isinstance(form, str):
        return None
    return form.format(text=secrets.token_urlsafe(48), bytes=base64.b64encode(secrets.token_bytes(32)).decode())


def main(arguments: list[str]) -> int:
    """Print the file, or check one."""
    parser = ArgumentParser(description="The settings of services as a documented .env file.")
    parser.add_argument("services", nargs="+")
    parser.add_argument("--check", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    text = _HEAD + environment_example(import_module(f"{name}.main").SERVICE.settings for name in options.services)
    if options.check is None:
        sys.stdout.write(text)
        return 0
    if options.check.read_text() == text:
        return 0
    sys.stderr.write(f"{options.check} is out of date: write it anew by this command without --check\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
