"""The composition of the analytics service."""

from pathlib import Path

from fastapi import FastAPI
from servicekit.clock import Clock
from servicekit.roles import api as chassis
from servicekit.roles.service import Service
from servicekit.settings import load

from analytics.audits.routes import router as audits
from analytics.jobs import jobs
from analytics.log.routes import router as log
from analytics.reports.routes import router as reports
from analytics.settings import AnalyticsSettings
from analytics.subscriptions import subscriptions
from analytics.tables import METADATA


def create_app(settings: AnalyticsSettings | None = None, clock: Clock | None = None) -> FastAPI:
    """The api role; settings come from the environment unless given."""
    return chassis.create_app(
        SERVICE,
        settings or load(AnalyticsSettings),
        routers=(reports, log, audits),
        clock=clock,
        description="Every number on every dashboard, counted from the event stream.",
    )


SERVICE: Service[AnalyticsSettings, None] = Service(
    name="analytics",
    settings=AnalyticsSettings,
    metadata=METADATA,
    migrations=Path(__file__).parents[2] / "migrations",
    create_app=create_app,
    subscriptions=subscriptions,
    jobs=jobs,
)
