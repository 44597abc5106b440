"""What the upsell service is made of; `parts.py` wires it."""

from pathlib import Path

from fastapi import FastAPI
from servicekit.roles.api import create_app as create_chassis
from servicekit.roles.service import Service
from servicekit.settings import load

from upsell.jobs import JOBS
from upsell.parts import open_parts
from upsell.recommendations.routes import router
from upsell.settings import UpsellSettings
from upsell.subscriptions import subscriptions
from upsell.tables import METADATA


def create_app(settings: UpsellSettings | None = None) -> FastAPI:
    """The API, with settings from the environment unless they are given."""
    return create_chassis(
        SERVICE,
        settings or load(UpsellSettings),
        routers=(router,),
        description="What to offer to a shopper next, learned from what was bought together.",
    )


SERVICE = Service(
    name="upsell",
    settings=UpsellSettings,
    metadata=METADATA,
    migrations=Path(__file__).parents[2] / "migrations",
    create_app=create_app,
    subscriptions=subscriptions,
    open_parts=open_parts,
    jobs=lambda _: JOBS,
)
