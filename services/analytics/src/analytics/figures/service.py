"""Freezing the measures for migrations, which never import this code."""

from collections.abc import Sequence
from pathlib import Path

from analytics.figures.domain.frozen import migration_of, sql_of
from analytics.figures.domain.measures import MEASURES, Measure


def newest_version(migrations: Path) -> int:
    """The number of the last frozen version in `migrations/measures`."""
    return max(int(file.stem) for file in (migrations / "measures").glob("*.sql"))


def is_frozen(migrations: Path, measures: Sequence[Measure] = MEASURES) -> bool:
    """Whether the newest frozen version is what the measures are now."""
    version = newest_version(migrations)
    return _sql_file(migrations, version).read_text(encoding="utf-8") == sql_of(measures, version)


def freeze(migrations: Path, measures: Sequence[Measure] = MEASURES) -> tuple[Path, ...]:
    """Write the measures as the next version, and a migration that runs it; nothing when they are frozen already.

    Returns the files written. Versions that are there are never changed.
    """
    if is_frozen(migrations, measures):
        return ()
    version = newest_version(migrations) + 1
    revision = max(int(file.stem[:4]) for file in (migrations / "versions").glob("[0-9]*.py")) + 1
    sql, script = _sql_file(migrations, version), migrations / "versions" / f"{revision:04}_measures_{version}.py"
    sql.write_text(sql_of(measures, version), encoding="utf-8")
    script.write_text(migration_of(version, revision), encoding="utf-8")
    return sql, script


def _sql_file(migrations: Path, version: int) -> Path:
    return migrations / "measures" / f"{version}.sql"
