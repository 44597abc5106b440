"""What a drill of one service's database must not show is a fault."""

from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest
from cartwheel_local.backups.catalogue import Backup
from cartwheel_local.backups.restoring_alone import RestoredAlone
from restore_drill.alone import OutcomeAlone
from restore_drill.report import faults_alone, show_alone
from rich.console import Console
from simulator.reconciliation.figures import Figure

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
BACKUP = Backup("20260105-110000F", "full", NOON, NOON, 1, 1, has_errors=False)
RESTORED = RestoredAlone(BACKUP, NOON, "cartwheel_analytics", 14, 900, "cartwheel_analytics_before_restore")
GOOD = OutcomeAlone("analytics", [BACKUP], NOON, RESTORED, 30.0, [Figure("carts created", 7, 7)], 40, 0)


def test_a_drill_without_a_fault_has_none() -> None:
    """Nobody was refused, and every figure is equal: the last line says so."""
    printed = StringIO()

    show_alone(Console(file=printed, width=200), GOOD)

    assert faults_alone(GOOD) == []
    assert printed.getvalue().splitlines()[-1] == (
        "analytics went back alone in 30.0 s, 0 of 40 commands of shoppers refused meanwhile, everything agrees"
    )


@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        (replace(GOOD, refused=1), "1 commands of shoppers were refused"),
        (replace(GOOD, figures=[Figure("carts created", 7, 6)]), "carts created: 7 ≠ 6"),
        (replace(GOOD, away_seconds=3601.0), "it took 3601 s"),
    ],
)
def test_each_fault_is_named(outcome: OutcomeAlone, fault: str) -> None:
    """A shopper who was refused, a figure that differs, an hour."""
    assert [found for found in faults_alone(outcome) if fault in found]
