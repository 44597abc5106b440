"""The measures as text: the SQL that a migration runs, that migration itself, and the table in the README."""

from collections.abc import Sequence

from analytics.figures.domain.measures import Measure

_SQL = """\
-- Version {version} of the measures, written by `python -m analytics measures freeze`; never changed afterwards.
-- Writers of cart_facts wait until the figures are those of the new measures.
LOCK TABLE cart_facts IN SHARE ROW EXCLUSIVE MODE;
CREATE OR REPLACE FUNCTION figures_of(f cart_facts) RETURNS SETOF figures LANGUAGE sql STABLE AS $$
    SELECT f.company_id, f.currency, m.measure,
           date_bin('15 minutes', m.at, timestamptz '1970-01-01 00:00:00+00'), f.site_id, m.amount::bigint
    FROM (VALUES
{rows}
    ) AS m(measure, at, amount)
    WHERE m.at IS NOT NULL AND m.amount <> 0 AND f.currency IS NOT NULL AND NOT f.excluded
$$;
DELETE FROM figures;
INSERT INTO figures (company_id, currency, measure, bucket_start, site_id, amount)
SELECT g.company_id, g.currency, g.measure, g.bucket_start, g.site_id, sum(g.amount)
FROM cart_facts AS f, figures_of(f) AS g
GROUP BY g.company_id, g.currency, g.measure, g.bucket_start, g.site_id
HAVING sum(g.amount) <> 0;
"""

_MIGRATION = '''\
"""Version {version} of the measures: count with measures/{version}.sql, and count every cart again."""

from pathlib import Path

from alembic import op

revision = "{revision}"
down_revision = "{before}"

FROZEN = Path(__file__).parents[1] / "measures" / "{version}.sql"


def upgrade() -> None:
    """Replace the function and the sums; locks the carts for as long as counting them takes."""
    for statement in FROZEN.read_text(encoding="utf-8").split(";\\n"):
        if statement.strip():
            op.execute(statement)
'''


def sql_of(measures: Sequence[Measure], version: int) -> str:
    """The statements, each ending in `;` and a line break, that make a database count these measures."""
    rows = [f"        ('{m.name}', f.{m.time}, {m.amount})" for m in measures]
    return _SQL.format(version=version, rows=",\n".join(rows))


def migration_of(version: int, revision: int) -> str:
    """The migration script, of this number and after the one before it, that runs a version's statements."""
    return _MIGRATION.format(version=version, revision=f"{revision:04}", before=f"{revision - 1:04}")


def table_of(measures: Sequence[Measure]) -> str:
    """The measures as a Markdown table: name, field of the API, time, meaning."""
    rows = [f"| `{m.name}` | `{_camel(m.field)}` | `{m.time}` | {m.meaning} |" for m in measures]
    return "\n".join(("| measure | field | counted under | meaning |", "|---|---|---|---|", *rows)) + "\n"


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
