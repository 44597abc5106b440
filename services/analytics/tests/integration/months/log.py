"""The log of tests: what is appended to it, and where it is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from analytics.log import service
from analytics.months import repository as months_repository
from analytics.months.domain import Month
from analytics.projections.use_cases.rebuild import rebuild
from contracts.cart import SiteChanged
from contracts.envelope import Envelope, RecordedEvent
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import envelope_of

from ...cart_history import NOON, CartHistory

NOW = Month.of(NOON)


def site_changed(company_id: UUID, at: datetime) -> Envelope[Any]:
    """A site as it was published once."""
    site = SiteChanged(
        name="Mugs",
        company_name="Mugs Ltd",
        site_type="STOREFRONT",
        currency="EUR",
        locale="en",
        timezone="UTC",
        portal_url="http://localhost",
    )
    return envelope_of(RecordedEvent(site, company_id, new_id(), 1, at))


def sale(company_id: UUID, at: datetime) -> list[Envelope[Any]]:
    """A cart that was made, filled and ordered, a minute after another."""
    cart = CartHistory(company_id, now=at)
    return [cart.created(), cart.added(), cart.held(), cart.converted()]


async def append(database: Database, events: Sequence[Envelope[Any]]) -> int:
    """Append as the worker does."""
    async with database.system_unit() as unit:
        return await service.append(unit, events)


async def sizes(database: Database) -> dict[str, int]:
    """How many events each part of the log has that has any."""
    async with database.system_unit() as unit:
        rows = await unit.fetch("SELECT tableoid::regclass::text AS part, count(*) FROM events GROUP BY 1 ORDER BY 1")
    return {row["part"]: row["count"] for row in rows}


async def months(database: Database) -> list[Month]:
    """The months that have a part of the log."""
    async with database.system_unit() as unit:
        return await months_repository.months(unit)


async def rebuilt(database: Database, company_id: UUID) -> int:
    """How many carts and figures a rebuild found wrong."""
    return sum([step.wrong + step.wrong_figures async for step in rebuild(database, company_id)])


def months_before(count: int) -> datetime:
    """Noon of the tenth, so many months ago."""
    return NOW.after(-count).start + timedelta(days=9, hours=12)
