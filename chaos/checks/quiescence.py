"""Nothing is left under way."""

from collections.abc import Iterator

from chaos.checks.violations import Run


def nothing_waits(run: Run) -> Iterator[str]:
    """Outboxes, queues, retries and dead letters are empty, and no timer is due."""
    for place, count in run.records.waiting.items():
        if count:
            yield f"{count} wait in {place}"
