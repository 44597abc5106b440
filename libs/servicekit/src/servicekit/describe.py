"""What a dependency tells the OpenAPI document of the routes that use it, so that no route has to repeat it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from servicekit.errors import ServiceError

Security = Mapping[str, Sequence[str]]
"""One way in: names of security schemes that must be met together (OpenAPI 3.1, "Security Requirement")."""

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Description:
    """The errors a dependency raises, and the ways in that satisfy it."""

    errors: tuple[type[ServiceError], ...]
    security: tuple[Security, ...]


_DESCRIPTIONS: dict[Callable[..., Any], Description] = {}


def describes(*errors: type[ServiceError], security: Sequence[Security] = ()) -> Callable[[FunctionT], FunctionT]:
    """Note a dependency's errors and security for the documents of all routes that depend on it."""

    def note(function: FunctionT) -> FunctionT:
        _DESCRIPTIONS[function] = Description(errors, tuple(security))
        return function

    return note


def description_of(function: Callable[..., Any] | None) -> Description | None:
    """What was noted of a dependency, if anything."""
    return _DESCRIPTIONS.get(function) if function is not None else None
