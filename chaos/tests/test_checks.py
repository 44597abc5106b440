"""Every invariant is shown to fail: on a ledger, or on what a database has, in which one thing is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from chaos.checks import carts, commands, events, mails, quiescence, stock
from chaos.checks.invariants import judge
from chaos.checks.violations import Check, Run
from chaos.ledger import Entry, Seen
from chaos.records import Change, Stock, StoredHold, StoredMessage

from .good_run import ABANDONMENT, BOUGHT_CART, LEFT, LEFT_CART, MAILS, MUG, cart, entry, good_run

Spoil = Callable[[Run], Run]


def with_records(**changes: Any) -> Spoil:
    """Spoil what the platform has; a function gets what was there."""

    def spoil(run: Run) -> Run:
        values = {
            name: value(getattr(run.records, name)) if callable(value) else value for name, value in changes.items()
        }
        return replace(run, records=replace(run.records, **values))

    return spoil


def with_entries(change: Callable[[Sequence[Entry]], Sequence[Entry]]) -> Spoil:
    """Spoil the ledger."""
    return lambda run: replace(run, entries=change(run.entries))


def test_a_run_in_which_nothing_went_wrong_passes() -> None:
    """Every invariant holds, and each has looked at something."""
    verdicts = judge(good_run())

    assert [verdict.violations for verdict in verdicts if not verdict.holds] == []
    assert all(verdict.checked for verdict in verdicts)


SPOILT: list[tuple[str, Check, Spoil]] = [
    (
        "a command was refused",
        commands.every_answer_is_known,
        with_entries(lambda entries: [*entries, Entry("add", "k", str(LEFT), "refused", 1, code="SOLD_OUT")]),
    ),
    (
        "a command was never answered",
        commands.every_answer_is_known,
        with_entries(lambda entries: [*entries, Entry("add", "k", str(LEFT), "unknown", 9)]),
    ),
    ("a cart is gone", commands.nothing_is_lost, with_records(carts=lambda found: found[:-1])),
    ("an add is gone", commands.nothing_is_lost, with_records(changes=lambda found: found[1:])),
    (
        "a code is gone",
        commands.nothing_is_lost,
        with_records(changes=lambda found: [change for change in found if change.kind != "CODE_APPLIED"]),
    ),
    ("a hold never was", commands.nothing_is_lost, with_records(holds=[])),
    ("an address is gone", commands.nothing_is_lost, with_records(contacts=frozenset())),
    (
        "an order is gone",
        commands.nothing_is_lost,
        with_records(carts=[replace(BOUGHT_CART, status="ACTIVE", order_id=None), LEFT_CART]),
    ),
    (
        "an add happened twice",
        commands.nothing_is_doubled,
        with_records(changes=lambda found: [*found, Change(LEFT, 7, "ITEM_ADDED")]),
    ),
    (
        "a cart was made twice",
        commands.nothing_is_doubled,
        with_records(carts=lambda found: [*found, cart(uuid4(), 0, "ACTIVE")]),
    ),
    (
        "two adds have one effect",
        commands.nothing_is_doubled,
        with_entries(lambda entries: [*entries, entry("add", LEFT, 4, 1, had=4)]),
    ),
    (
        "a cart has another quantity",
        carts.carts_are_as_answered,
        with_records(carts=[BOUGHT_CART, cart(LEFT, 4, "ABANDONED")]),
    ),
    (
        "a cart ended by itself",
        carts.carts_are_as_answered,
        with_records(carts=[BOUGHT_CART, replace(LEFT_CART, status="EXPIRED")]),
    ),
    ("a total is wrong", carts.totals_add_up, with_records(carts=lambda found: [replace(found[1], total=19)])),
    ("a subtotal is wrong", carts.totals_add_up, with_records(carts=lambda found: [replace(found[1], line_total=19)])),
    ("stock left without an order", stock.stock_adds_up, with_records(stock={MUG: Stock(97, 0)})),
    ("an order's stock did not leave", stock.stock_adds_up, with_records(stock={MUG: Stock(100, 0)})),
    ("stock is held by nobody", stock.stock_adds_up, with_records(stock={MUG: Stock(98, 1)})),
    (
        "a hold is not its cart",
        stock.holds_are_their_carts,
        with_records(holds=[StoredHold(uuid4(), LEFT, "ACTIVE", None, {str(MUG): 1})]),
    ),
    (
        "an order was sold twice",
        stock.holds_are_their_carts,
        with_records(holds=lambda found: [*found, replace(found[0], id=uuid4())]),
    ),
    (
        "other stock was sold",
        stock.holds_are_their_carts,
        with_records(holds=lambda found: [replace(found[0], lines={str(MUG): 1})]),
    ),
    (
        "a change of a hold was left half done",
        stock.holds_are_their_carts,
        with_records(carts=lambda found: [*found[:2], replace(found[2], is_changing=True)]),
    ),
    ("an event was never written", events.events_are_consecutive, with_records(events=lambda found: found[1:])),
    ("an event was never counted", events.every_event_is_counted_once, with_records(logged=lambda found: found[1:])),
    (
        "an event was counted twice",
        events.every_event_is_counted_once,
        with_records(logged=lambda found: [*found, found[0]]),
    ),
    (
        "an event came from nowhere",
        events.every_event_is_counted_once,
        with_records(logged=lambda found: [*found, uuid4()]),
    ),
    ("a cart was not counted", events.figures_are_the_ledgers, with_records(counted=lambda found: found[1:])),
    (
        "an add was counted twice",
        events.figures_are_the_ledgers,
        with_records(counted=lambda found: [found[0], replace(found[1], quantity_added=4)]),
    ),
    (
        "revenue is wrong",
        events.figures_are_the_ledgers,
        with_records(counted=lambda found: [replace(found[0], revenue=40), found[1]]),
    ),
    (
        "a sum is wrong",
        events.figures_are_the_ledgers,
        with_records(figures={"created": 3, "converted": 2, "revenue": 20}),
    ),
    ("a mail was sent twice", mails.at_most_one_mail_a_step, with_records(mails=[*MAILS, MAILS[0]])),
    ("a mail was sent by nobody", mails.at_most_one_mail_a_step, with_records(mails=[*MAILS, uuid4()])),
    ("a mail is said to be sent", mails.at_most_one_mail_a_step, with_records(mails=MAILS[1:])),
    (
        "a step has two mails",
        mails.at_most_one_mail_a_step,
        with_records(messages=lambda found: [*found, StoredMessage(uuid4(), LEFT, ABANDONMENT, 1, "UNKNOWN")]),
    ),
    (
        "a reminder was forgotten",
        mails.every_reminder_is_due_to_its_shopper,
        with_records(messages=lambda found: found[1:]),
    ),
    ("a dead letter is left", quiescence.nothing_waits, with_records(waiting={"the queue cart.dlq": 1})),
]


@pytest.mark.parametrize(("check", "spoil"), [case[1:] for case in SPOILT], ids=[case[0] for case in SPOILT])
def test_what_is_wrong_is_found(check: Check, spoil: Spoil) -> None:
    """The invariant that it violates says so."""
    assert list(check(spoil(good_run()))) != []


def test_every_invariant_is_shown_to_fail() -> None:
    """An invariant that is added gets a run that violates it."""
    spoilt = {verdict.invariant for case in SPOILT for verdict in judge(case[2](good_run())) if not verdict.holds}

    assert spoilt == {verdict.invariant for verdict in judge(good_run())}


def test_a_mail_whose_outcome_is_unknown_is_no_loss() -> None:
    """A worker that died while it sent leaves the mail unknown: sent once, or not at all (rules.md 28)."""
    run = with_records(
        messages=lambda found: [replace(found[0], status="UNKNOWN"), found[1]], mails=lambda found: found[1:]
    )(good_run())

    assert [verdict.violations for verdict in judge(run) if not verdict.holds] == []


def test_a_total_that_was_answered_is_the_last_one() -> None:
    """Holding and releasing answer no total; the one before counts."""
    run = with_entries(lambda entries: [*entries, Entry("release", "r", str(LEFT), "accepted", 1, seen=Seen())])(
        good_run()
    )

    assert list(carts.carts_are_as_answered(run)) == []


def test_a_mail_without_an_outcome_was_in_a_killed_workers_hands() -> None:
    """As many as the workers that were killed had in hand, and no more; one that was refused is a loss."""
    first, second = good_run().records.messages
    unknown, claimed, failed = (replace(first, status=status) for status in ("UNKNOWN", "CLAIMED", "FAILED"))

    def violations(*messages: StoredMessage, kills: int) -> int:
        return len(mails.unresolved_mails(replace(good_run().records, messages=list(messages)), kills).violations)

    assert violations(unknown, second, kills=1) == 0
    assert violations(unknown, claimed, kills=0) == 1
    assert violations(*[unknown] * (mails.IN_HAND + 1), kills=1) == 1
    assert violations(failed, second, kills=1) == 1
