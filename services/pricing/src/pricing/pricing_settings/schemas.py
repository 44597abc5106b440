"""Bodies of the pricing settings routes."""

from uuid import UUID

from contracts.money import RoundingMode
from contracts.ruleset import RoundingScope
from servicekit.http import Body, View

from pricing.fields import Country
from pricing.pricing_settings.domain import PriceDisplay, PricingSettings


class PutPricingSettings(Body):
    """PUT /api/admin/pricing-settings: the whole settings; what is left out is the default."""

    rounding_mode: RoundingMode = RoundingMode.HALF_EVEN
    rounding_scope: RoundingScope = RoundingScope.LINE
    tax_inclusive: bool = False
    """Whether catalogue prices include tax."""
    default_country: Country | None = None
    """Whose taxes and shipping are shown before an address is known; null shows none."""
    best_deal: bool = False
    """Price exclusive promotions and the others both ways and take the cheaper."""

    def to_display(self) -> PriceDisplay:
        """The choices as the domain has them."""
        return PriceDisplay(**self.model_dump())


class PricingSettingsView(View):
    """The settings that hold, and whose they are: `siteId` null is the company's."""

    site_id: UUID | None
    rounding_mode: RoundingMode
    rounding_scope: RoundingScope
    tax_inclusive: bool
    default_country: str | None
    best_deal: bool

    @classmethod
    def of(cls, settings: PricingSettings) -> "PricingSettingsView":
        """Show the settings."""
        display = settings.display
        return cls(
            site_id=settings.site_id,
            rounding_mode=display.rounding_mode,
            rounding_scope=display.rounding_scope,
            tax_inclusive=display.tax_inclusive,
            default_country=display.default_country,
            best_deal=display.best_deal,
        )
