"""Keeping the replicas up with events, in any order."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from contracts.base import Event
from contracts.cart import SiteChanged
from contracts.inventory import ProductChanged
from servicekit.db import Unit

from analytics.log import repository as log
from analytics.log.domain import Recorded
from analytics.names import repository

E = TypeVar("E", bound=Event)


async def learn(unit: Unit, events: Iterable[Recorded]) -> None:
    """Take over what newer events say of sites and products."""
    events = list(events)
    if sites := _newest(events, SiteChanged):
        await repository.put_sites(unit, sites)
    if products := _newest(events, ProductChanged):
        await repository.put_products(unit, products)


async def relearn(unit: Unit, company_id: UUID) -> None:
    """Make a company's replicas again from the log."""
    newest = await log.newest(unit, company_id, (SiteChanged, ProductChanged))
    await repository.forget(unit, company_id)
    await learn(unit, newest)


def _newest(events: Iterable[Recorded], kind: type[E]) -> list[tuple[Recorded, E]]:
    found: dict[tuple[UUID, UUID], tuple[Recorded, E]] = {}
    for event in events:
        key = (event.company_id, event.aggregate_id)
        if isinstance(event.data, kind) and (key not in found or found[key][0].version < event.version):
            found[key] = (event, event.data)
    return [found[key] for key in sorted(found)]
