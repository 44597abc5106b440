"""Events against inboxes, log and ledgers: what is lost or doubled is found, each kind of it."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from rollout.drill.accounting import Books, balance, in_both
from simulator.demo.ledger import CartNote, Ledger

CART, FIRST, SECOND = uuid4(), uuid4(), uuid4()
HANDLERS = {
    "analytics": {"analytics.append": frozenset({"cart.created.v1", "cart.updated.v1"})},
    "recovery": {"recovery.stop": frozenset({"cart.updated.v1"})},
}
BOOKS = Books(
    published={FIRST: "cart.created.v1", SECOND: "cart.updated.v1"},
    waiting=0,
    handled={"analytics.append": {FIRST, SECOND}, "recovery.stop": {SECOND}},
    logged=[FIRST, SECOND],
    versions={CART: 2},
    depths={"cart.dlq": 0, "evt.unrouted": 0},
)


def ledgers(version: int = 2) -> Sequence[Ledger]:
    """A shop with one cart, whose shopper was last answered at a version."""
    return [Ledger("a shop", carts=[CartNote(str(CART), "USD", version=version)])]


def test_books_that_agree_have_no_fault() -> None:
    """Both commands and both events are found."""
    found = balance(BOOKS, HANDLERS, ledgers())

    assert (found.commands, found.events, found.lost, found.doubled, found.faults) == (2, 2, 0, 0, [])


def test_an_event_that_a_handler_never_got_is_lost() -> None:
    """Though another handler has it; the sentence names handler and type."""
    found = balance(replace(BOOKS, handled={**BOOKS.handled, "recovery.stop": set()}), HANDLERS, ledgers())

    assert (found.lost, found.faults) == (1, ["recovery.stop never handled 1 events (cart.updated.v1)"])


def test_a_command_that_was_answered_and_left_no_event_is_lost() -> None:
    """The shopper saw version 3."""
    found = balance(BOOKS, HANDLERS, ledgers(version=3))

    assert (found.lost, found.faults) == (1, [f"cart {CART} was answered at version 3; the log has 2"])


def test_an_event_twice_in_the_log_and_one_of_nobody_are_doubled() -> None:
    """Both would be counted."""
    nobodys = UUID(int=1)

    found = balance(replace(BOOKS, logged=[FIRST, SECOND, SECOND, nobodys]), HANDLERS, ledgers())

    assert (found.doubled, found.faults) == (
        2,
        ["the log has 1 events twice", "the log has 1 events that nobody published"],
    )


def test_what_waits_is_a_fault() -> None:
    """In an outbox, among dead letters, or where events go that nobody listens to."""
    found = balance(replace(BOOKS, waiting=4, depths={"cart.dlq": 1, "evt.unrouted": 2}), HANDLERS, ledgers())

    assert found.faults == ["4 events wait in an outbox", "cart.dlq holds 1 messages", "evt.unrouted holds 2 messages"]


def test_what_only_one_version_handles_is_expected_of_none() -> None:
    """A new handler, and a new type of an old one: nobody handles them while the service is rolled back."""
    older = {"cart": {"cart.keep": frozenset({"stock.changed.v1"})}}
    newer = {"cart": {"cart.keep": frozenset({"stock.changed.v1", "stock.moved.v1"}), "cart.new": frozenset({"x.v1"})}}

    assert in_both(older, newer) == {"cart": {"cart.keep": frozenset({"stock.changed.v1"})}}
