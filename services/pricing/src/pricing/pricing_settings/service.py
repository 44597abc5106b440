"""What an admin does with the settings of price."""

from uuid import UUID

from servicekit.db import Unit

from pricing.pricing_settings import repository
from pricing.pricing_settings.domain import PriceDisplay, PricingSettings
from pricing.rule_sets.service import publish


async def read_settings(unit: Unit, company_id: UUID, site_id: UUID | None) -> PricingSettings:
    """The settings that hold for the site, or for the company: its own, else the company's, else the defaults."""
    settings = await repository.effective(unit, site_id)
    return settings or PricingSettings(company_id, None, PriceDisplay())


async def put_settings(unit: Unit, company_id: UUID, site_id: UUID | None, display: PriceDisplay) -> PricingSettings:
    """Replace the settings of the company or of one site, and publish the rules that follow from them."""
    await repository.put(unit, site_id, display)
    await publish(unit)
    return PricingSettings(company_id, site_id, display)
