"""`value` makes what a frozen dataclass with slots is, but for the guard at run time, which the types are."""

from dataclasses import dataclass, fields, replace

import pytest
from contracts.value import value


@value
class Quick:
    amount: int
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Frozen:
    amount: int
    currency: str = "USD"


def test_a_value_equals_hashes_and_is_replaced_by_its_fields() -> None:
    assert Quick(1) == Quick(1, "USD") != Quick(2)
    assert len({Quick(1), Quick(1), Quick(2)}) == 2
    assert replace(Quick(1), amount=2) == Quick(2)
    assert [field.name for field in fields(Quick)] == [field.name for field in fields(Frozen)]
    assert hash(Quick(1)) == hash(Frozen(1))


def test_a_value_has_no_room_for_other_attributes() -> None:
    with pytest.raises(AttributeError):
        Quick(1).other = 1  # type: ignore[attr-defined]  # which is what is tried
