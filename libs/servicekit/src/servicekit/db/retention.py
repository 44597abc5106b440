"""What ends the rows of a table: said beside its columns, as `info=…`, so that no table grows without anybody's will.

`python -m <service> retention` shows it; tests/architecture/test_retention.py fails on a table without a rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import MetaData, Table

_KEY = "retention"


@dataclass(frozen=True, slots=True)
class EndedByJob:
    """A timed job of the service deletes its rows, in batches; `after` says which and when."""

    job: str
    after: str

    def __str__(self) -> str:
        """The rule, for a person to read."""
        return f"deleted by {self.job}: {self.after}"


@dataclass(frozen=True, slots=True)
class EndsWith:
    """Its rows go together with those of `table`: by a cascade, or by the job that deletes those."""

    table: str

    def __str__(self) -> str:
        """The rule, for a person to read."""
        return f"goes with {self.table}"


@dataclass(frozen=True, slots=True)
class GrowsWith:
    """Its rows are as many as something that has bounds of its own: nothing has to delete them."""

    what: str

    def __str__(self) -> str:
        """The rule, for a person to read."""
        return f"as many as {self.what}"


@dataclass(frozen=True, slots=True)
class Kept:
    """Its rows are kept, though they become more with every day, and why."""

    why: str

    def __str__(self) -> str:
        """The rule, for a person to read."""
        return f"kept: {self.why}"


Retention = EndedByJob | EndsWith | GrowsWith | Kept


def retention(rule: Retention) -> dict[str, Any]:
    """The `info` of a table whose rows end so."""
    return {_KEY: rule}


def retention_of(table: Table) -> Retention | None:
    """What ends the rows of a table, or None when nobody has said."""
    return table.info.get(_KEY)


def problems(metadata: MetaData, jobs: Mapping[str, object]) -> list[str]:
    """What is wrong with the rules of these tables: one without a rule, a job or table that is not there."""
    found = []
    for table in metadata.tables.values():
        match retention_of(table):
            case None:
                found.append(f"{table.name}: nothing says what ends its rows")
            case EndedByJob(job) if job not in jobs:
                found.append(f"{table.name}: there is no job {job}")
            case EndsWith(other) if not isinstance(_rule(metadata, other), EndedByJob | GrowsWith):
                found.append(f"{table.name}: nothing ends the rows of {other}")
            case _:
                pass
    return found


def _rule(metadata: MetaData, name: str) -> Retention | None:
    table = metadata.tables.get(name)
    return None if table is None else retention_of(table)
