"""What a replay leaves on disk: what was read, what was left out and why, and every figure compared."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from localservers.files import write_whole

from simulator.reconciliation.figures import Figure, differing
from simulator.replay.tally import Tally

_CHUNK = 1024 * 1024


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file, in hex, whatever its size."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def write_report(
    path: Path, *, file: Path, company_id: UUID, tally: Tally, figures: Sequence[Figure], seconds: float
) -> None:
    """Write the report as JSON; `seconds` is how long the shopping took."""
    content: dict[str, Any] = {
        "file": file.name,
        "sha256": fingerprint(file),
        "companyId": str(company_id),
        "rows": tally.rows,
        "soldRows": tally.sold,
        "invoices": tally.invoices,
        "seconds": round(seconds, 3),
        "notSales": {reason.value: asdict(rejected) for reason, rejected in sorted(tally.rejected.items())},
        "equal": not differing(figures),
        "figures": [asdict(figure) for figure in figures],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(content, indent=2) + "\n")
