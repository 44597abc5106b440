"""Bodies of the pricing settings routes."""

from dataclasses import asdict

from contracts.money import RoundingMode
from contracts.ruleset import RoundingScope
from servicekit.http.bodies import Body, View

from pricing.fields import Country
from pricing.pricing_settings.domain import PricingSettings


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

    def to_settings(self) -> PricingSettings:
        """The choices as the domain has them."""
        return PricingSettings(**self.model_dump())


class PricingSettingsView(View):
    """The settings that hold."""

    rounding_mode: RoundingMode
    rounding_scope: RoundingScope
    tax_inclusive: bool
    default_country: str | None
    best_deal: bool

    @classmethod
    def of(cls, settings: PricingSettings) -> "PricingSettingsView":
        """Show the settings."""
        return cls(**asdict(settings))
