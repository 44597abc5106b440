"""What an admin does with the settings of price."""

from servicekit.db import TenantUnit

from pricing.pricing_settings import repository
from pricing.pricing_settings.domain import PricingSettings
from pricing.rule_sets.service import publish_change


async def read_settings(unit: TenantUnit) -> PricingSettings:
    """The company's settings, the defaults if it has none."""
    return await repository.get(unit)


async def put_settings(unit: TenantUnit, settings: PricingSettings) -> PricingSettings:
    """Replace the company's settings, and publish the rules that follow from them; raises TooManyRules409."""
    await repository.put(unit, settings)
    await publish_change(unit)
    return settings
