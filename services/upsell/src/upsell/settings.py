"""Settings of the upsell service."""

from pydantic import Field
from servicekit.settings import ServiceSettings


class UpsellSettings(ServiceSettings):
    """What an upsell process reads from its environment, beside the chassis' own."""

    cart_url: str = Field(pattern=r"^https?://")
    """Address of the cart service."""
    upsell_cart_timeout_seconds: float = Field(default=2.0, gt=0)
    """How long the cart service may take to answer; then best sellers are shown."""
    ai_upsell_enabled: bool = False
    """Recommendations by a language model, before learned pairs and best sellers."""
