"""Parts of hand-written files that are generated: the lines between two comments.

# generated: NAME (make manifests)
…
# end of NAME
"""

import re
from collections.abc import Sequence


class RegionMissing(Exception):
    """A file does not have the two comments that a generated part of it goes between."""


def fill(text: str, name: str, lines: Sequence[str]) -> str:
    """Put the lines into every region of this name, as deep as its comments stand; raises RegionMissing without one."""
    first, last = _comments(name)

    def filled(found: re.Match[str]) -> str:
        return "".join(f"{found['indent']}{line}\n" if line else "\n" for line in (first, *lines, last))

    text, count = _pattern(name).subn(filled, text)
    if not count:
        raise RegionMissing(f"has no lines `{first}` and `{last}`")
    return text


def without(text: str, name: str) -> str:
    """Leave every region of this name out: what remains was written by hand."""
    return _pattern(name).sub("", text)


def _comments(name: str) -> tuple[str, str]:
    return f"# generated: {name} (make manifests)", f"# end of {name}"


def _pattern(name: str) -> re.Pattern[str]:
    first, last = map(re.escape, _comments(name))
    return re.compile(rf"^(?P<indent> *){first}\n.*?^(?P=indent){last}\n", re.MULTILINE | re.DOTALL)
