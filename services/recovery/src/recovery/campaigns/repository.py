"""Every statement on campaigns and their steps."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

import asyncpg
from servicekit.db import TenantUnit

from recovery.campaigns.domain import Campaign, QuietHours, Step

_CAMPAIGNS = """
    SELECT campaign.id, name, active, daily_cap_per_recipient, quiet_from, quiet_until, created_at, updated_at,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('position', position, 'delay', delay_seconds, 'texts', texts)
                                      ORDER BY position), '[]')
            FROM campaign_steps AS step
            WHERE step.company_id = campaign.company_id AND step.campaign_id = campaign.id) AS steps
    FROM campaigns AS campaign
    WHERE campaign.company_id = $1 AND deleted_at IS NULL
"""


async def current(unit: TenantUnit) -> Campaign | None:
    """The company's campaign, or None when it has deleted it or never had one."""
    row = await unit.fetchrow(_CAMPAIGNS, unit.company_id)
    return _campaign(row) if row else None


async def get(unit: TenantUnit, campaign_id: UUID) -> Campaign | None:
    """The campaign with this id, unless deleted."""
    row = await unit.fetchrow(f"{_CAMPAIGNS} AND campaign.id = $2", unit.company_id, campaign_id)
    return _campaign(row) if row else None


async def add_if_unknown(unit: TenantUnit, campaign_id: UUID, name: str, daily_cap: int) -> bool:
    """Make the first campaign of a company that never had one; False when it had, even if it has deleted it since."""
    made = await unit.fetchval(
        """
        INSERT INTO campaigns (company_id, id, name, active, daily_cap_per_recipient, created_at, updated_at)
        SELECT $1, $2, $3, true, $4, $5, $5
        WHERE NOT EXISTS (SELECT FROM campaigns WHERE company_id = $1)
        ON CONFLICT DO NOTHING
        RETURNING true
        """,
        unit.company_id,
        campaign_id,
        name,
        daily_cap,
        unit.now,
    )
    return made is not None


async def add(
    unit: TenantUnit,
    campaign_id: UUID,
    name: str,
    active: bool,
    daily_cap: int | None,
    quiet: QuietHours | None,
) -> bool:
    """Make a campaign; False when the company has one."""
    made = await unit.fetchval(
        """
        INSERT INTO campaigns
            (company_id, id, name, active, daily_cap_per_recipient, quiet_from, quiet_until, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        ON CONFLICT DO NOTHING
        RETURNING true
        """,
        unit.company_id,
        campaign_id,
        name,
        active,
        daily_cap,
        quiet.start if quiet else None,
        quiet.end if quiet else None,
        unit.now,
    )
    return made is not None


async def update(
    unit: TenantUnit,
    campaign_id: UUID,
    name: str,
    active: bool,
    daily_cap: int | None,
    quiet: QuietHours | None,
) -> None:
    """Replace everything of a campaign but its steps."""
    await unit.execute(
        """
        UPDATE campaigns
        SET name = $3, active = $4, daily_cap_per_recipient = $5, quiet_from = $6, quiet_until = $7, updated_at = $8
        WHERE company_id = $1 AND id = $2
        """,
        unit.company_id,
        campaign_id,
        name,
        active,
        daily_cap,
        quiet.start if quiet else None,
        quiet.end if quiet else None,
        unit.now,
    )


async def lock_to_schedule(unit: TenantUnit) -> None:
    """Let nobody change the company's campaign until the unit ends; any number of units may hold this at a time.

    Whoever sets when a recovery is due and whoever changes the campaign would not see each other, and the recovery
    would go by a campaign that is no more, or send nothing. Taken before any lock on carts and recoveries.
    """
    await unit.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))", _lock_of(unit))


async def lock_to_change(unit: TenantUnit) -> None:
    """Let nobody else change the company's campaign, or set when a recovery is due, until the unit ends."""
    await unit.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", _lock_of(unit))


async def replace_steps(unit: TenantUnit, campaign_id: UUID, steps: Sequence[Step]) -> None:
    """Make these the campaign's only steps."""
    await unit.execute(
        "DELETE FROM campaign_steps WHERE company_id = $1 AND campaign_id = $2", unit.company_id, campaign_id
    )
    await unit.execute(
        """
        INSERT INTO campaign_steps (company_id, campaign_id, position, delay_seconds, texts)
        SELECT $1, $2, position, delay_seconds, texts
        FROM unnest($3::smallint[], $4::integer[], $5::jsonb[]) AS step (position, delay_seconds, texts)
        """,
        unit.company_id,
        campaign_id,
        [step.position for step in steps],
        [int(step.delay.total_seconds()) for step in steps],
        [step.texts for step in steps],
    )


async def delete(unit: TenantUnit, campaign_id: UUID) -> bool:
    """Delete a campaign, keeping the row so that no default takes its place; False when there is none."""
    found = await unit.fetchval(
        """
        UPDATE campaigns SET deleted_at = $3, updated_at = $3
        WHERE company_id = $1 AND id = $2 AND deleted_at IS NULL
        RETURNING true
        """,
        unit.company_id,
        campaign_id,
        unit.now,
    )
    return found is not None


def _lock_of(unit: TenantUnit) -> str:
    return f"campaign:{unit.company_id.hex}"


def _campaign(row: asyncpg.Record) -> Campaign:
    quiet_from: time | None = row["quiet_from"]
    quiet_until: time | None = row["quiet_until"]
    created_at: datetime = row["created_at"]
    return Campaign(
        id=row["id"],
        name=row["name"],
        active=row["active"],
        daily_cap_per_recipient=row["daily_cap_per_recipient"],
        quiet=QuietHours(quiet_from, quiet_until) if quiet_from is not None and quiet_until is not None else None,
        steps=tuple(Step(step["position"], timedelta(seconds=step["delay"]), step["texts"]) for step in row["steps"]),
        created_at=created_at,
        updated_at=row["updated_at"],
    )
