"""Every invariant of a run, with the sentence that names it in the report."""

from collections.abc import Callable, Sequence
from typing import Final

from chaos.checks.carts import carts_are_as_answered, totals_add_up
from chaos.checks.commands import every_answer_is_known, nothing_is_doubled, nothing_is_lost
from chaos.checks.events import events_are_consecutive, every_event_is_counted_once, figures_are_the_ledgers
from chaos.checks.mails import at_most_one_mail_a_step, every_reminder_is_due_to_its_shopper
from chaos.checks.quiescence import nothing_waits
from chaos.checks.stock import holds_are_their_carts, stock_adds_up
from chaos.checks.violations import Check, Run, Verdict
from chaos.ledger import accepted

_INVARIANTS: Final[Sequence[tuple[str, Check, Callable[[Run], int]]]] = (
    ("every command's answer is known, and none was refused", every_answer_is_known, lambda run: len(run.entries)),
    ("0 lost: every accepted command has its effect", nothing_is_lost, lambda run: len(accepted(run.entries))),
    ("0 doubled: no command has its effect twice", nothing_is_doubled, lambda run: len(run.records.changes)),
    ("carts are what their shoppers were answered", carts_are_as_answered, lambda run: len(run.records.carts)),
    ("totals add up", totals_add_up, lambda run: len(run.records.carts)),
    ("stock is the first stock less orders, held is what holds have", stock_adds_up, lambda run: len(run.shop.stock)),
    ("holds are their carts, orders are sold once", holds_are_their_carts, lambda run: len(run.records.holds)),
    ("events of an aggregate are consecutive", events_are_consecutive, lambda run: len(run.records.events)),
    ("analytics has every event once", every_event_is_counted_once, lambda run: len(run.records.logged)),
    ("figures are what shoppers were answered", figures_are_the_ledgers, lambda run: len(run.records.counted)),
    ("at most one mail a step", at_most_one_mail_a_step, lambda run: len(run.records.mails)),
    (
        "every reminder is sent, or noted as unknown",
        every_reminder_is_due_to_its_shopper,
        lambda run: len(run.records.messages),
    ),
    ("nothing waits in outboxes, queues or dead letters", nothing_waits, lambda run: len(run.records.waiting)),
)


def judge(run: Run) -> list[Verdict]:
    """Check every invariant."""
    return [Verdict(sentence, list(check(run)), count(run)) for sentence, check, count in _INVARIANTS]
