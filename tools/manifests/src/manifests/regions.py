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
    first, last = f"# generated: {name} (make manifests)", f"# end of {name}"
    region = rf"^(?P<indent> *){re.escape(first)}\n.*?^(?P=indent){re.escape(last)}\n"

    def filled(found: re.Match[str]) -> str:
        return "".join(f"{found['indent']}{line}\n" if line else "\n" for line in (first, *lines, last))

    text, count = re.subn(region, filled, text, flags=re.MULTILINE | re.DOTALL)
    if not count:
        raise RegionMissing(f"has no lines `{first}` and `{last}`")
    return text
