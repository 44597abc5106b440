"""Templates of mails and pages: HTML is escaped, and a name that the view lacks is a fault."""

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


def render(template: str, view: Mapping[str, object]) -> str:
    """Fill a template of `mail/templates/`."""
    return _environment().get_template(template).render(view)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("recovery.mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
