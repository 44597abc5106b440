"""What a dependency adds to the OpenAPI document of the routes that use it, so that no route has to repeat it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from servicekit.errors import ServiceError

Security = Mapping[str, Sequence[str]]
"""One way in: names of security schemes that must be met together (OpenAPI 3.1, "Security Requirement")."""

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Header:
    """A header that a dependency reads, other than a credential."""

    name: str
    description: str
    schema: Mapping[str, Any]
    required: bool = False


@dataclass(frozen=True, slots=True)
class OpenApiNotes:
    """The errors a dependency raises, the ways in that satisfy it, and what else it reads."""

    errors: tuple[type[ServiceError], ...]
    security: tuple[Security, ...]
    headers: tuple[Header, ...]
    names_caller: bool
    """After this dependency it is known who calls."""


_NOTES: dict[Callable[..., Any], OpenApiNotes] = {}


def documents(
    *errors: type[ServiceError],
    security: Sequence[Security] = (),
    headers: Sequence[Header] = (),
    names_caller: bool = False,
) -> Callable[[FunctionT], FunctionT]:
    """Note what a dependency needs and refuses, for the documents of all routes that depend on it."""

    def note(function: FunctionT) -> FunctionT:
        _NOTES[function] = OpenApiNotes(errors, tuple(security), tuple(headers), names_caller)
        return function

    return note


def notes_of(function: Callable[..., Any] | None) -> OpenApiNotes | None:
    """What was noted of a dependency, if anything."""
    return _NOTES.get(function) if function is not None else None
