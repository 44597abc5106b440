"""What the newservice service is made of."""

from pathlib import Path

from fastapi import FastAPI
from servicekit.roles import api
from servicekit.roles.service import Service
from servicekit.settings import load

from newservice.settings import NewserviceSettings
from newservice.subscriptions import subscriptions
from newservice.tables import METADATA


def create_app(settings: NewserviceSettings | None = None) -> FastAPI:
    """The production application; without settings they are read from the environment."""
    return api.create_app(SERVICE, settings or load(NewserviceSettings), routers=(), description="Newservice.")


SERVICE: Service[NewserviceSettings, None] = Service(
    name="newservice",
    settings=NewserviceSettings,
    metadata=METADATA,
    migrations=Path(__file__).parents[2] / "migrations",
    create_app=create_app,
    subscriptions=subscriptions,
)
