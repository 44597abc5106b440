"""Every statement on `pricing_settings`. The company's own row also counts the versions of its rule sets."""

from dataclasses import astuple
from uuid import UUID

import asyncpg
from contracts.money import RoundingMode
from contracts.ruleset import RoundingScope
from servicekit.db import Unit
from servicekit.ids import new_id

from pricing.pricing_settings.domain import PriceDisplay, PricingSettings

_CHOICES = "rounding_mode, rounding_scope, tax_inclusive, default_country, best_deal"
_COLUMNS = f"company_id, site_id, {_CHOICES}"
_INSERT = f"""
    INSERT INTO pricing_settings AS mine (company_id, id, site_id, updated_at, {_CHOICES}, rule_set_version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT ON CONSTRAINT pricing_settings_owner DO UPDATE SET """


async def effective(unit: Unit, site_id: UUID | None) -> PricingSettings | None:
    """The site's own settings, else the company's, else None."""
    record = await unit.fetchrow(
        f"""SELECT {_COLUMNS} FROM pricing_settings
             WHERE company_id = $1 AND (site_id IS NULL OR site_id = $2) ORDER BY site_id NULLS LAST LIMIT 1""",
        unit.company_id,
        site_id,
    )
    return None if record is None else _settings(record)


async def of_company(unit: Unit) -> list[PricingSettings]:
    """The company's settings, then those of its sites that have their own."""
    records = await unit.fetch(
        f"SELECT {_COLUMNS} FROM pricing_settings WHERE company_id = $1 ORDER BY site_id NULLS FIRST", unit.company_id
    )
    return [_settings(record) for record in records]


async def put(unit: Unit, site_id: UUID | None, display: PriceDisplay) -> None:
    """Make or replace the settings of the company or of one site."""
    await unit.execute(
        f"""{_INSERT} rounding_mode = EXCLUDED.rounding_mode, rounding_scope = EXCLUDED.rounding_scope,
            tax_inclusive = EXCLUDED.tax_inclusive, default_country = EXCLUDED.default_country,
            best_deal = EXCLUDED.best_deal, updated_at = EXCLUDED.updated_at""",
        unit.company_id,
        new_id(),
        site_id,
        unit.now,
        *astuple(display),
        0,
    )


async def next_version(unit: Unit) -> int:
    """Count up the company's rule sets, making its settings on first need.

    The row stays locked until the end of the unit, so that versions are committed in their order.
    """
    version: int = await unit.fetchval(
        f"{_INSERT} rule_set_version = mine.rule_set_version + 1 RETURNING rule_set_version",
        unit.company_id,
        new_id(),
        None,
        unit.now,
        *astuple(PriceDisplay()),
        1,
    )
    return version


def _settings(record: asyncpg.Record) -> PricingSettings:
    return PricingSettings(
        company_id=record["company_id"],
        site_id=record["site_id"],
        display=PriceDisplay(
            rounding_mode=RoundingMode(record["rounding_mode"]),
            rounding_scope=RoundingScope(record["rounding_scope"]),
            tax_inclusive=record["tax_inclusive"],
            default_country=record["default_country"],
            best_deal=record["best_deal"],
        ),
    )
