"""A drill that cannot fail shows nothing: each contradiction of what was accepted and what came back is a fault."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from restore_drill.comparing import FoundCart, compare, sales_of
from restore_drill.ledger import Accepted, Ledger

START = datetime(2026, 11, 28, 12, tzinfo=UTC)


def accepted(cart: str, version: int, second: float, status: str = "ACTIVE", total: int = 500) -> Accepted:
    """A command that was sent and answered in this second after the start."""
    at = START + timedelta(seconds=second)
    return Accepted(cart, version, status, total, quantity=version, sent=at, answered=at)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """One cart filled in seconds 1 to 3, another created in second 4."""
    commands = [accepted("a", 1, 1), accepted("a", 2, 2), accepted("a", 3, 3, "CONVERTED", 700), accepted("b", 1, 4)]
    return Ledger(tmp_path / "accepted.jsonl", commands)


def at(second: float) -> datetime:
    """So many seconds after the start."""
    return START + timedelta(seconds=second)


def test_what_was_accepted_after_the_moment_may_be_lost_and_is_counted(ledger: Ledger) -> None:
    """The recovery point is the first lost command, as seen from the loss."""
    comparison = compare(ledger, {"a": FoundCart(2, "ACTIVE")}, kept_until=at(2.5))

    assert [command.version for command in comparison.found] == [1, 2]
    assert comparison.faults == []
    assert comparison.lost_seconds(at(10)) == 7


def test_nothing_lost_is_a_recovery_point_of_no_time(ledger: Ledger) -> None:
    """Also when the database has a command more, which was under way and never answered."""
    carts = {"a": FoundCart(3, "CONVERTED"), "b": FoundCart(2, "ACTIVE"), "c": FoundCart(1, "ACTIVE")}

    comparison = compare(ledger, carts, kept_until=at(4))

    assert (comparison.lost, comparison.faults, comparison.lost_seconds(at(10))) == ([], [], 0)


def test_an_archived_command_that_is_lost_is_a_fault(ledger: Ledger) -> None:
    """What was accepted before the moment had been archived."""
    comparison = compare(ledger, {"a": FoundCart(3, "CONVERTED")}, kept_until=at(4))

    assert comparison.faults == ["cart b version 1 was accepted before the moment, and is lost"]


def test_a_command_that_was_sent_after_the_moment_and_is_there_is_a_fault(ledger: Ledger) -> None:
    """A restore to a moment must not go beyond it."""
    carts = {"a": FoundCart(3, "CONVERTED"), "b": FoundCart(1, "ACTIVE")}

    comparison = compare(ledger, carts, kept_until=at(2.5), lost_from=at(3.5))

    assert comparison.faults == ["cart b version 1 was sent after the moment, and is there"]


def test_a_state_that_nobody_was_answered_is_a_fault(ledger: Ledger) -> None:
    """The same version of a cart is the same cart."""
    carts = {"a": FoundCart(3, "ACTIVE"), "b": FoundCart(1, "ACTIVE")}

    assert compare(ledger, carts, kept_until=at(4)).faults == ["cart a is ACTIVE and was answered as CONVERTED"]


def test_sales_are_those_of_carts_that_are_ordered_now(ledger: Ledger) -> None:
    """An order that was lost is no revenue."""
    assert sales_of(ledger, {"a": FoundCart(3, "CONVERTED"), "b": FoundCart(1, "ACTIVE")}) == (700, 3)
    assert sales_of(ledger, {"a": FoundCart(2, "ACTIVE")}) == (0, 0)


def test_a_command_is_in_the_file_before_the_next_one(tmp_path: Path) -> None:
    """What is judged is outside the system, and outlives the drill."""
    ledger = Ledger(tmp_path / "accepted.jsonl")

    ledger.accept(accepted("a", 1, 1))

    assert '"cart_id": "a", "version": 1' in ledger.file.read_text()
