"""How often a message is tried, and what is written down about its failures."""

import pytest
from contracts.cart import CartContactSetV1
from contracts.registry import parse
from pydantic import ValidationError
from servicekit.messaging.consuming.consumer import combine
from servicekit.messaging.consuming.retries import Failure, next_delay
from servicekit.messaging.topology import DELAYS
from servicekit.observability.error_line import error_line


def test_the_delays_grow_and_end() -> None:
    """5 s, 30 s, 5 min, 30 min; the fifth failure is the last."""
    waits = [next_delay(failures, DELAYS) for failures in range(1, 6)]

    assert [delay.seconds if delay else None for delay in waits] == [5, 30, 300, 1800, None]


def test_a_message_is_final_only_if_no_handler_can_be_helped() -> None:
    """One handler that gives up does not take the retries of another."""
    final, passing = Failure(("a",), "no", final=True), Failure(("b",), "later")

    assert combine([]) is None
    assert combine([final, final]) == Failure(("a", "a"), "no; no", final=True)
    assert combine([final, passing]) == Failure(("a", "b"), "no; later", final=False)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (RuntimeError("no disk"), "RuntimeError: no disk"),
        (RuntimeError("cannot write to ada@example.org"), "RuntimeError: cannot write to [redacted]"),
        (RuntimeError("duplicate key\nDETAIL:  Key (email)=(ada) exists"), "RuntimeError: duplicate key"),
    ],
)
def test_a_reason_names_nobody(error: Exception, text: str) -> None:
    """Dead letters and logs keep the kind of a failure, not whose it was (rules.md 35)."""
    assert error_line(error) == text


def test_a_body_that_does_not_fit_is_named_by_its_fields_only() -> None:
    """The input of a validation error may be an address."""
    with pytest.raises(ValidationError) as broken:
        parse(CartContactSetV1.type, b'{"data": {"email": ["ada@example.org"]}}')

    described = error_line(broken.value)
    assert "data.email" in described
    assert "ada" not in described


def test_a_reason_is_bounded() -> None:
    """It travels in a header."""
    assert len(error_line(RuntimeError("x" * 10_000))) == 500


def test_of_several_errors_one_is_named() -> None:
    """A run that goes on after a failure raises all at its end: what they were is what has to be known."""
    failures = ExceptionGroup("not all went", [ValueError("no ann@mail.example"), KeyError("other")])

    assert error_line(failures) == "2 at once, such as ValueError: no [redacted]"
