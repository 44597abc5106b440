"""Every statement on `rule_sets`. Versions are kept, so that an old quote can be replayed (rules.md 5)."""

from collections.abc import Sequence
from uuid import UUID

from contracts.ruleset import RuleSet
from servicekit.db import Unit
from servicekit.ids import new_id


async def insert(unit: Unit, rule_sets: Sequence[RuleSet]) -> None:
    """Store new versions."""
    await unit.execute(
        """INSERT INTO rule_sets (company_id, id, site_id, version, content, published_at)
           SELECT $1, id, site_id, version, content, $2
             FROM unnest($3::uuid[], $4::uuid[], $5::integer[], $6::jsonb[]) AS new (id, site_id, version, content)""",
        unit.company_id,
        unit.now,
        [new_id() for _ in rule_sets],
        [rule_set.site_id for rule_set in rule_sets],
        [rule_set.version for rule_set in rule_sets],
        [rule_set.model_dump(mode="json", by_alias=True) for rule_set in rule_sets],
    )


async def newest(unit: Unit, site_id: UUID | None) -> RuleSet | None:
    """The newest rule set of the site, else the company's, else None."""
    content = await unit.fetchval(
        """SELECT content FROM (
               (SELECT content, false AS shared FROM rule_sets
                 WHERE company_id = $1 AND site_id = $2 ORDER BY version DESC LIMIT 1)
               UNION ALL
               (SELECT content, true FROM rule_sets
                 WHERE company_id = $1 AND site_id IS NULL ORDER BY version DESC LIMIT 1)
           ) AS found ORDER BY shared LIMIT 1""",
        unit.company_id,
        site_id,
    )
    return None if content is None else RuleSet.model_validate(content)


async def current(unit: Unit, company_id: UUID | None) -> list[RuleSet]:
    """The newest rule set of a company and of each site that has its own; of every company when none is given."""
    records = await unit.fetch(
        """SELECT DISTINCT ON (company_id, site_id) content FROM rule_sets WHERE $1::uuid IS NULL OR company_id = $1
            ORDER BY company_id, site_id NULLS FIRST, version DESC""",
        company_id,
    )
    return [RuleSet.model_validate(record["content"]) for record in records]
