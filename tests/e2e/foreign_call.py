"""One way to try what belongs to somebody else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ForeignCall:
    """One way to call a route; `path` are its parameters, `entitled` who may call it at all.

    A body of bytes is a file to import.
    """

    entitled: str
    expect: int = 404
    path: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)


Calls = dict[str, list[ForeignCall]]
"""Every way in which a route is tried, by "METHOD path" of its service's document."""
