"""The report of a run: a table for people, and a page that stays."""

import os
import platform
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from localservers.home import REPOSITORY
from rich.table import Table
from rich.text import Text

from chaos.drill import Outcome
from chaos.ledger import accepted
from chaos.plan import LIMIT_SECONDS, Plan

_SHOWN = 5


def is_good(outcome: Outcome) -> bool:
    """Whether every invariant holds, and the platform came to rest in time."""
    return all(verdict.holds for verdict in outcome.verdicts) and is_in_time(outcome)


def is_in_time(outcome: Outcome) -> bool:
    """Whether the backlog was empty within the limit after the last fault."""
    seconds = outcome.quiet.backlog_seconds
    return seconds is not None and seconds <= LIMIT_SECONDS


def verdicts_table(outcome: Outcome) -> Table:
    """A line for each invariant."""
    table = Table(title="After the run", title_justify="left")
    table.add_column("invariant")
    table.add_column("looked at", justify="right")
    table.add_column("")
    for verdict in outcome.verdicts:
        mark = Text("✓", "green") if verdict.holds else Text(f"✗ {len(verdict.violations)}", "bold red")
        table.add_row(verdict.invariant, f"{verdict.checked:,}", mark)
    return table


def violations(outcome: Outcome) -> Iterator[str]:
    """The first violations of each invariant, a line each."""
    for verdict in outcome.verdicts:
        yield from (f"{verdict.invariant}: {violation}" for violation in verdict.violations[:_SHOWN])


def summary(outcome: Outcome) -> str:
    """One line with the figures."""
    broken = [verdict for verdict in outcome.verdicts if not verdict.holds]
    backlog = outcome.quiet.backlog_seconds
    rest = f"backlog empty {backlog:.0f} s after the last fault" if backlog is not None else "backlog never empty"
    verdict = f"{len(broken)} invariants broken" if broken else f"all {len(outcome.verdicts)} invariants hold"
    return (
        f"{len(outcome.injected)} faults, {len(accepted(outcome.entries)):,} commands accepted,"
        f" {len(outcome.records.changes):,} effects and {len(outcome.records.logged):,} events counted;"
        f" {rest}; {verdict}"
    )


def scorecard(outcome: Outcome, plan: Plan, title: str, command: str) -> str:
    """The page: machine, faults by kind, commands, mails, time until quiet, each invariant's verdict."""
    faults = Counter(injected.kind for injected in outcome.injected)
    commands = Counter(entry.command for entry in accepted(outcome.entries))
    again = sum(entry.attempts > 1 for entry in outcome.entries)
    return "\n".join(
        [
            f"# Scorecard: {title}",
            "",
            f"Written by `{command}`; [chaos/README.md](../chaos/README.md) says what is done and how it is judged.",
            "",
            f"Run {datetime.now(UTC):%Y-%m-%d %H:%M} UTC on commit {_commit()}, {os.cpu_count()} cores,"
            f" {platform.system()} {platform.release()}, load average {os.getloadavg()[0]:.1f};"
            f" {max((injected.until for injected in outcome.injected), default=0):.0f} s of faults under at most"
            f" {plan.rate:g} commands a second.",
            "",
            summary(outcome)[0].upper() + summary(outcome)[1:] + ".",
            "",
            *_table(("fault", "times"), sorted(faults.items())),
            "",
            *_table(("command", "accepted"), sorted(commands.items())),
            "",
            *_table(("mail", "number"), _mails(outcome)),
            "",
            f"{again:,} commands had to be sent more than once until their answer was known, the most often"
            f" {max((entry.attempts for entry in outcome.entries), default=0)} times, always under the same key.",
            "",
            *_table(
                ("after the last fault", "seconds"),
                [
                    (
                        f"outboxes, queues and dead letters empty (limit {LIMIT_SECONDS:.0f})",
                        _seconds(outcome.quiet.backlog_seconds),
                    ),
                    ("and no timer due: abandonments, mails, holds", _seconds(outcome.quiet.timers_seconds)),
                ],
            ),
            "",
            *_table(
                ("invariant", "looked at", "violations"),
                [(verdict.invariant, f"{verdict.checked:,}", len(verdict.violations)) for verdict in outcome.verdicts],
            ),
            "",
        ]
    )


def _mails(outcome: Outcome) -> "list[tuple[object, ...]]":
    """What became of the steps that were due, and how many of those without an outcome the provider has."""
    given = set(outcome.records.mails)
    known = [message for message in outcome.records.messages if message.status == "SENT"]
    unknown = [message for message in outcome.records.messages if message.status != "SENT"]
    with_provider = sum(message.id in given for message in unknown)
    return [
        ("sent", f"{len(known):,}"),
        ("without an outcome, never sent again; the provider has it", f"{with_provider:,}"),
        ("without an outcome, never sent again; the provider does not have it", f"{len(unknown) - with_provider:,}"),
    ]


def _table(head: tuple[str, ...], rows: "list[tuple[object, ...]]") -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(str(cell) for cell in row)} |"


def _seconds(value: float | None) -> str:
    return f"{value:.0f}" if value is not None else "never"


def _commit() -> str:
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    return described.stdout.strip() or "unknown"
