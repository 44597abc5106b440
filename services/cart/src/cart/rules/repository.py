"""The replica of each company's rules of price, as pricing published them: the newest, and the last for each engine."""

from contracts.ruleset import RuleSet
from servicekit.db import TenantUnit


async def keep(unit: TenantUnit, rules: RuleSet) -> None:
    """Keep a company's rules of price; what is older than known changes nothing."""
    lowest = rules.lowest_engine_version
    await unit.execute(
        """
        WITH last AS (
            INSERT INTO last_rule_sets AS known (company_id, engine_version, version, rules) VALUES ($1, $4, $2, $3)
            ON CONFLICT (company_id, engine_version) DO UPDATE SET version = excluded.version, rules = excluded.rules
            WHERE known.version < excluded.version
        )
        INSERT INTO rule_sets AS known (company_id, version, rules) VALUES ($1, $2, $3)
        ON CONFLICT (company_id) DO UPDATE SET version = excluded.version, rules = excluded.rules
        WHERE known.version < excluded.version""",
        unit.company_id,
        rules.version,
        rules.document(),
        rules.engine_version if lowest is None else lowest,
    )


async def newest(unit: TenantUnit) -> RuleSet | None:
    """The newest rules of the company, whatever engine they need; None before pricing published any."""
    stored = await unit.fetchval("SELECT rules FROM rule_sets WHERE company_id = $1", unit.company_id)
    return None if stored is None else RuleSet.model_validate(stored)


async def last_of_engines(unit: TenantUnit) -> list[RuleSet]:
    """The company's last rules for each engine that was the lowest needed, the newest first."""
    rows = await unit.fetch(
        "SELECT rules FROM last_rule_sets WHERE company_id = $1 ORDER BY version DESC", unit.company_id
    )
    return [RuleSet.model_validate(row["rules"]) for row in rows]
