"""What recovery is made of; `parts.py` wires it."""

from pathlib import Path

from fastapi import FastAPI
from servicekit.clock import Clock
from servicekit.roles import api
from servicekit.roles.service import Service
from servicekit.settings import load

from recovery.abandoned_carts.routes import router as abandoned_carts
from recovery.campaigns.routes import router as campaigns
from recovery.jobs import jobs
from recovery.links.routes import router as links
from recovery.parts import open_parts
from recovery.preview.routes import router as preview
from recovery.settings import RecoverySettings
from recovery.subscriptions import subscriptions
from recovery.suppressions.routes import router as suppressions
from recovery.tables import METADATA

_DESCRIPTION = "Turns an abandoned cart into at most one mail a step, and into a restored cart."


def create_app(settings: RecoverySettings | None = None, clock: Clock | None = None) -> FastAPI:
    """The production application; settings come from the environment unless they are given."""
    return api.create_app(
        SERVICE,
        settings or load(RecoverySettings),
        routers=[links, abandoned_carts, campaigns, suppressions, preview],
        clock=clock,
        description=_DESCRIPTION,
    )


SERVICE = Service(
    name="recovery",
    settings=RecoverySettings,
    metadata=METADATA,
    migrations=Path(__file__).parents[2] / "migrations",
    create_app=create_app,
    subscriptions=subscriptions,
    open_parts=open_parts,
    jobs=jobs,
)
