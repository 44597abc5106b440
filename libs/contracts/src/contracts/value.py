"""`value`: a dataclass that nobody assigns to, for what is made many times in a request."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """`dataclass(frozen=True, slots=True)` in what mypy allows, without its cost when one is made.

    Frozen, Python sets each field through a call of `object.__setattr__`: three times as slow, and an add makes some
    four hundred fields (ADR 0021). An assignment is an error of types here, not one at run time. Equality and hash are
    by fields.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
