"""Every statement on `pricing_settings`. A company's row also counts the versions of its rule set."""

from dataclasses import astuple

from contracts.money import RoundingMode
from contracts.ruleset import RoundingScope
from servicekit.db import TenantUnit

from pricing.pricing_settings.domain import PricingSettings

_CHOICES = "rounding_mode, rounding_scope, tax_inclusive, default_country, best_deal"
_INSERT = f"""
    INSERT INTO pricing_settings AS mine (company_id, updated_at, {_CHOICES}, rule_set_version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (company_id) DO UPDATE SET """


async def get(unit: TenantUnit) -> PricingSettings:
    """The company's settings, the defaults if it has none."""
    record = await unit.fetchrow(f"SELECT {_CHOICES} FROM pricing_settings WHERE company_id = $1", unit.company_id)
    if record is None:
        return PricingSettings()
    return PricingSettings(
        rounding_mode=RoundingMode(record["rounding_mode"]),
        rounding_scope=RoundingScope(record["rounding_scope"]),
        tax_inclusive=record["tax_inclusive"],
        default_country=record["default_country"],
        best_deal=record["best_deal"],
    )


async def put(unit: TenantUnit, settings: PricingSettings) -> None:
    """Make or replace the company's settings."""
    await unit.execute(
        f"""{_INSERT} rounding_mode = EXCLUDED.rounding_mode, rounding_scope = EXCLUDED.rounding_scope,
            tax_inclusive = EXCLUDED.tax_inclusive, default_country = EXCLUDED.default_country,
            best_deal = EXCLUDED.best_deal, updated_at = EXCLUDED.updated_at""",
        unit.company_id,
        unit.now,
        *astuple(settings),
        0,
    )


async def next_version(unit: TenantUnit) -> int:
    """Count up the company's rule sets, making its settings on first need.

    The row stays locked until the end of the unit, so that versions are committed in their order.
    """
    version: int = await unit.fetchval(
        f"{_INSERT} rule_set_version = mine.rule_set_version + 1 RETURNING rule_set_version",
        unit.company_id,
        unit.now,
        *astuple(PricingSettings()),
        1,
    )
    return version
