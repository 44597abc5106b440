"""Updating the replicas by events, in any order."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from contracts.base import Event
from contracts.cart import SiteChanged
from contracts.inventory import ProductChanged
from servicekit.db import TenantUnit, Unit

from analytics.log import repository as log
from analytics.log.domain import LogEntry
from analytics.replicas import repository

E = TypeVar("E", bound=Event)


async def update(unit: Unit, events: Iterable[LogEntry]) -> None:
    """Store the sites and products of events that are newer than what is stored."""
    events = list(events)
    if sites := _newest(events, SiteChanged):
        await repository.put_sites(unit, sites)
    if products := _newest(events, ProductChanged):
        await repository.put_products(unit, products)


async def rebuild(unit: TenantUnit, *, whole: bool) -> None:
    """Make the company's replicas again from the log; bring them up to date, unless that is `whole`.

    The log is read when the rows are locked, so a batch is either in it or waits, and stores what is newer afterwards.
    """
    if whole:
        await repository.delete(unit)
    await update(unit, await log.newest(unit, (SiteChanged, ProductChanged)))


def _newest(events: Iterable[LogEntry], kind: type[E]) -> list[tuple[LogEntry, E]]:
    found: dict[tuple[UUID, UUID], tuple[LogEntry, E]] = {}
    for event in events:
        key = (event.company_id, event.aggregate_id)
        if isinstance(event.data, kind) and (key not in found or found[key][0].version < event.version):
            found[key] = (event, event.data)
    return [found[key] for key in sorted(found)]
