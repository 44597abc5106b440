"""What the pricing service is made of."""

from pathlib import Path

from fastapi import FastAPI
from servicekit.roles.api import create_app as create_chassis
from servicekit.roles.service import Service
from servicekit.settings import load

from pricing.addresses.routes import router as addresses
from pricing.codes.routes import router as codes
from pricing.pricing_settings.routes import router as pricing_settings
from pricing.promotions.routes import router as promotions
from pricing.republish import STATE
from pricing.settings import PricingSettings
from pricing.shipping_rules.routes import router as shipping_rules
from pricing.shipping_zones.routes import router as shipping_zones
from pricing.subscriptions import subscriptions
from pricing.tables import METADATA
from pricing.taxes.routes import router as taxes


def create_app(settings: PricingSettings | None = None) -> FastAPI:
    """The API, with settings from the environment unless they are given."""
    return create_chassis(
        SERVICE,
        settings or load(PricingSettings),
        routers=(promotions, taxes, shipping_zones, shipping_rules, pricing_settings, codes, addresses),
        description="The rules of price: promotions, codes, taxes, shipping.",
    )


SERVICE: Service[PricingSettings, None] = Service(
    name="pricing",
    settings=PricingSettings,
    metadata=METADATA,
    migrations=Path(__file__).parents[2] / "migrations",
    create_app=create_app,
    subscriptions=subscriptions,
    republish=STATE,
)
