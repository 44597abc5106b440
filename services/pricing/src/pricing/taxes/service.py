"""What an admin does with tax rates; each change publishes the company's rules anew in the same transaction."""

from uuid import UUID

from contracts.ruleset import TaxRate
from servicekit.db import TenantUnit
from servicekit.ids import new_id

from pricing.rule_sets.service import publish, publish_change
from pricing.taxes import repository
from pricing.taxes.domain import TaxRateChanges


async def list_tax_rates(unit: TenantUnit, after: UUID | None, limit: int) -> list[TaxRate]:
    """At most `limit` of the company's tax rates made before `after`, the newest first."""
    return await repository.page(unit, after, limit)


async def get_tax_rate(unit: TenantUnit, rate_id: UUID) -> TaxRate:
    """One of the company's tax rates; raises TaxRateNotFound404."""
    return await repository.get(unit, rate_id)


async def create_tax_rate(unit: TenantUnit, fields: TaxRateChanges) -> TaxRate:
    """Make a tax rate; raises TooManyRules409."""
    rate = TaxRate(id=new_id(), **fields)
    await repository.insert(unit, rate)
    await publish_change(unit)
    return rate


async def change_tax_rate(unit: TenantUnit, rate_id: UUID, changes: TaxRateChanges) -> TaxRate:
    """Replace the fields given; raises TaxRateNotFound404 and TooManyRules409."""
    current = await repository.get(unit, rate_id)
    rate = TaxRate.model_validate({**current.model_dump(), **changes})
    await repository.update(unit, rate)
    await publish_change(unit)
    return rate


async def delete_tax_rate(unit: TenantUnit, rate_id: UUID) -> None:
    """Delete a tax rate; raises TaxRateNotFound404."""
    await repository.delete(unit, rate_id)
    await publish(unit)
