"""What staff do with campaigns; a change takes effect on the recoveries that are under way."""

from collections.abc import Sequence
from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.errors import NotFound404
from servicekit.ids import new_id

from recovery.campaigns import repository
from recovery.campaigns.domain import (
    DEFAULT_DAILY_CAP,
    DEFAULT_DELAYS,
    DEFAULT_NAME,
    Campaign,
    CampaignPatch,
    QuietHours,
    Step,
)
from recovery.errors import CampaignExists409
from recovery.recoveries import repository as recoveries


async def ensure_default(unit: TenantUnit) -> None:
    """Give a company that never had a campaign the default one; changes nothing for any other."""
    campaign_id = new_id()
    if await repository.add_if_unknown(unit, campaign_id, DEFAULT_NAME, DEFAULT_DAILY_CAP):
        steps = [Step(position, delay, {}) for position, delay in enumerate(DEFAULT_DELAYS, start=1)]
        await repository.replace_steps(unit, campaign_id, steps)


async def list_campaigns(unit: TenantUnit) -> list[Campaign]:
    """The company's campaign, as a list of one or none."""
    campaign = await repository.current(unit)
    return [campaign] if campaign else []


async def get(unit: TenantUnit, campaign_id: UUID) -> Campaign:
    """The campaign. Raises NotFound404."""
    campaign = await repository.get(unit, campaign_id)
    if campaign is None:
        raise NotFound404
    return campaign


async def create(
    unit: TenantUnit,
    *,
    name: str,
    active: bool,
    daily_cap: int | None,
    quiet: QuietHours | None,
    steps: Sequence[Step],
) -> Campaign:
    """Make the company's campaign. Raises CampaignExists409 when it has one."""
    await repository.lock_to_change(unit)
    campaign_id = new_id()
    if not await repository.add(unit, campaign_id, name, active, daily_cap, quiet):
        raise CampaignExists409
    await repository.replace_steps(unit, campaign_id, steps)
    await recoveries.schedule(unit)
    return await get(unit, campaign_id)


async def change(unit: TenantUnit, campaign_id: UUID, patch: CampaignPatch) -> Campaign:
    """Change a campaign, and re-time the open recoveries by it. Raises NotFound404."""
    await repository.lock_to_change(unit)
    wanted = patch.apply(await get(unit, campaign_id))
    await repository.update(
        unit,
        wanted.id,
        wanted.name,
        wanted.active,
        wanted.daily_cap_per_recipient,
        wanted.quiet,
    )
    await repository.replace_steps(unit, wanted.id, wanted.steps)
    await recoveries.schedule(unit)
    return await get(unit, wanted.id)


async def delete(unit: TenantUnit, campaign_id: UUID) -> None:
    """End the campaign: nothing more is due until the company makes another. Raises NotFound404."""
    await repository.lock_to_change(unit)
    if not await repository.delete(unit, campaign_id):
        raise NotFound404
    await recoveries.schedule(unit)
