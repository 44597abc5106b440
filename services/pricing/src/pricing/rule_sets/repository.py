"""Every statement on `rule_sets`. Versions are kept, so that an old quote can be replayed (rules.md 5)."""

from uuid import UUID

from contracts.ruleset import RuleSet
from servicekit.db import SystemUnit, TenantUnit


async def insert(unit: TenantUnit, rule_set: RuleSet) -> None:
    """Store a new version."""
    await unit.execute(
        "INSERT INTO rule_sets (company_id, version, content, published_at) VALUES ($1, $2, $3, $4)",
        unit.company_id,
        rule_set.version,
        rule_set.model_dump(mode="json", by_alias=True),
        unit.now,
    )


async def current(unit: TenantUnit) -> RuleSet | None:
    """The company's newest rule set; None before it published any."""
    content = await unit.fetchval(
        """SELECT rule_sets.content
             FROM pricing_settings AS company
             JOIN rule_sets
               ON rule_sets.company_id = company.company_id AND rule_sets.version = company.rule_set_version
            WHERE company.company_id = $1""",
        unit.company_id,
    )
    return None if content is None else RuleSet.model_validate(content)


async def companies(unit: SystemUnit, after: UUID | None, limit: int) -> list[UUID]:
    """Companies that have published rules, in the order of their ids."""
    rows = await unit.fetch(
        """SELECT company_id FROM pricing_settings
            WHERE rule_set_version > 0 AND ($1::uuid IS NULL OR company_id > $1) ORDER BY company_id LIMIT $2""",
        after,
        limit,
    )
    return [row["company_id"] for row in rows]
