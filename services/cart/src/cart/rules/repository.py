"""The replica of each company's rules of price, as pricing last published them."""

from contracts.ruleset import RuleSet
from servicekit.db import TenantUnit


async def keep(unit: TenantUnit, rules: RuleSet) -> None:
    """Keep a company's rules of price; an older version changes nothing."""
    await unit.execute(
        "INSERT INTO rule_sets AS known (company_id, version, rules) VALUES ($1, $2, $3)"
        " ON CONFLICT (company_id) DO UPDATE SET version = excluded.version, rules = excluded.rules"
        " WHERE known.version < excluded.version",
        unit.company_id,
        rules.version,
        rules.model_dump(mode="json", by_alias=True),
    )


async def current(unit: TenantUnit) -> RuleSet | None:
    """The newest rules of the company; None before pricing published any."""
    stored = await unit.fetchval("SELECT rules FROM rule_sets WHERE company_id = $1", unit.company_id)
    return None if stored is None else RuleSet.model_validate(stored)
