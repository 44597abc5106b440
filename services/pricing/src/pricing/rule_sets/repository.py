"""Every statement on `rule_sets`. Versions are kept, so that an old quote can be replayed (rules.md 5)."""

from uuid import UUID

from contracts.ruleset import RuleSet
from servicekit.db import TenantUnit, Unit


async def insert(unit: TenantUnit, rule_set: RuleSet) -> None:
    """Store a new version."""
    await unit.execute(
        "INSERT INTO rule_sets (company_id, version, content, published_at) VALUES ($1, $2, $3, $4)",
        unit.company_id,
        rule_set.version,
        rule_set.model_dump(mode="json", by_alias=True),
        unit.now,
    )


async def current(unit: Unit, company_id: UUID | None) -> list[RuleSet]:
    """The newest rule set of a company, or of every company when none is given."""
    records = await unit.fetch(
        """SELECT rule_sets.content
             FROM pricing_settings AS company
             JOIN rule_sets
               ON rule_sets.company_id = company.company_id AND rule_sets.version = company.rule_set_version
            WHERE $1::uuid IS NULL OR company.company_id = $1
            ORDER BY company.company_id""",
        company_id,
    )
    return [RuleSet.model_validate(record["content"]) for record in records]
