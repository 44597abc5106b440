"""What a drill has shown, for a person and as a file."""

import json
from pathlib import Path

from cartwheel_local.backups.catalogue import Backup
from localservers.files import write_whole
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from simulator.reconciliation.figures import differing, figures_table

from restore_drill.alone import OutcomeAlone
from restore_drill.drill import Outcome

MOST_LOST_SECONDS = 15 * 60
MOST_RECOVERY_SECONDS = 60 * 60
_SHOWN = 5


def faults_of(outcome: Outcome) -> list[str]:
    """Everything that must not be; an empty list is a drill that was passed."""
    faults = list(outcome.comparison.faults)
    faults += [f"{one.name}: {one.expected} ≠ {one.counted}" for one in differing(outcome.figures)]
    if (lost := outcome.comparison.lost_seconds(outcome.loss)) > MOST_LOST_SECONDS:
        faults.append(f"{lost:.0f} s of accepted commands are lost, more than {MOST_LOST_SECONDS}")
    if outcome.recovery_seconds > MOST_RECOVERY_SECONDS:
        faults.append(f"it took {outcome.recovery_seconds:.0f} s, more than {MOST_RECOVERY_SECONDS}")
    return faults


def show(console: Console, outcome: Outcome) -> None:
    """Print all that was seen, the verdict last."""
    table = Table(box=None, show_header=False)
    for name, value in _lines(outcome):
        table.add_row(name, value)
    console.print(table)
    console.print(figures_table(outcome.figures, title="After it", expected="cart, shoppers", counted="the others"))
    for command in outcome.comparison.lost[:_SHOWN]:
        console.print(
            f"lost: cart {command.cart_id} version {command.version}, accepted {command.answered:%H:%M:%S.%f}"
        )
    faults = faults_of(outcome)
    for fault in faults[:_SHOWN]:
        console.print(f"[red]✗[/] {fault}", highlight=False, soft_wrap=True)
    lost, seconds = len(outcome.comparison.lost), outcome.comparison.lost_seconds(outcome.loss)
    verdict = f"{len(faults)} faults" if faults else "everything agrees"
    console.print(
        f"RPO {seconds:.1f} s ({lost} of {lost + len(outcome.comparison.found)} accepted commands lost), "
        f"RTO {outcome.recovery_seconds:.1f} s, {verdict}",
        highlight=False,
        soft_wrap=True,
    )


def save(file: Path, outcome: Outcome) -> None:
    """Write the figures as JSON."""
    content = dict(_lines(outcome)) | {
        "rpo_seconds": outcome.comparison.lost_seconds(outcome.loss),
        "rto_seconds": outcome.recovery_seconds,
        "faults": faults_of(outcome),
    }
    write_whole(file, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def faults_alone(outcome: OutcomeAlone) -> list[str]:
    """Everything that must not be when one service's database goes back alone."""
    faults = [f"{one.name}: {one.expected} ≠ {one.counted}" for one in differing(outcome.figures)]
    if outcome.refused:
        faults.append(f"{outcome.refused} commands of shoppers were refused, though only {outcome.service} went back")
    if outcome.away_seconds > MOST_RECOVERY_SECONDS:
        faults.append(f"it took {outcome.away_seconds:.0f} s, more than {MOST_RECOVERY_SECONDS}")
    return faults


def show_alone(console: Console, outcome: OutcomeAlone) -> None:
    """Print all that was seen, the verdict last."""
    for backup in outcome.backups:
        console.print(*_backup_line(backup), highlight=False)
    console.print(f"restored {outcome.restored.extent}, as of {outcome.moment.isoformat()}", highlight=False)
    console.print(figures_table(outcome.figures, title="After it", expected="cart, shoppers", counted="the others"))
    faults = faults_alone(outcome)
    for fault in faults[:_SHOWN]:
        console.print(f"[red]✗[/] {fault}", highlight=False, soft_wrap=True)
    verdict = f"{len(faults)} faults" if faults else "everything agrees"
    console.print(
        f"{outcome.service} went back alone in {outcome.away_seconds:.1f} s, {outcome.refused} of "
        f"{outcome.accepted + outcome.refused} commands of shoppers refused meanwhile, {verdict}",
        highlight=False,
        soft_wrap=True,
    )


def _lines(outcome: Outcome) -> list[tuple[str, str]]:
    backups = [_backup_line(one) for one in outcome.backups]
    restored = outcome.restored
    return [
        *backups,
        ("accepted commands", str(len(outcome.comparison.found) + len(outcome.comparison.lost))),
        ("of them lost", str(len(outcome.comparison.lost))),
        ("refused while PostgreSQL was away", str(outcome.refused)),
        ("lost at", outcome.loss.isoformat()),
        ("restored from", restored.backup.label),
        ("newest transaction", restored.last_commit.isoformat() if restored.last_commit else "none"),
        ("messages taken out of queues", str(outcome.emptied)),
        ("selling again at", outcome.selling_again.isoformat()),
    ]


def _backup_line(backup: Backup) -> tuple[str, str]:
    seconds = (backup.ended - backup.started).total_seconds()
    sizes = f"{decimal(backup.database_bytes)}, stored {decimal(backup.stored_bytes)}"
    return f"{backup.kind} backup", f"{backup.label}: {sizes}, {seconds:.0f} s"
