"""The list of metrics says of each what a query has to know."""

import re
from pathlib import Path

from manifests.reading import load_manifests
from servicekit.cli.metrics_document import main, metrics_of

from .modules import ROOT

SERVICES = [manifest.name for manifest in load_manifests(ROOT)]


def test_names_are_prometheus_own_and_belong_to_one_metric() -> None:
    """A name that a service shares with the chassis would be two things in one query."""
    names = [metric.name for metric in metrics_of(SERVICES)]

    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]+", name)] == []
    assert len(names) == len(set(names))
    assert {"outbox_oldest_seconds", "db_transaction_seconds", "inventory_holds_active"} <= set(names)


def test_a_document_that_is_out_of_date_is_noticed(tmp_path: Path) -> None:
    """One missing line is enough."""
    document = tmp_path / "metrics.md"
    main([str(document), *SERVICES])
    assert main([str(document), *SERVICES, "--check"]) == 0

    document.write_text(document.read_text().replace("| `queue_paused`", "| `queue_rests`"))

    assert main([str(document), *SERVICES, "--check"]) == 1
