"""The erasure of a customer, as it is known without their id (rules.md 35)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.registry import PUBLISHERS

SERVICES = tuple(sorted(PUBLISHERS))
"""Who has to answer: every service there is."""
WATCHED = timedelta(hours=24)
"""How long after the request carts that the customer still makes are erased too; then their id is not kept any more."""
MOST_CARTS = 500
"""Carts of one request to the services: what one transaction erases."""


@dataclass(frozen=True, slots=True)
class ServiceErasure:
    """How far a service is; `erased_at` is None until it has answered every request."""

    service: str
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure: `version` counts its requests to the services."""

    id: UUID
    version: int
    requested_at: datetime
    watched_until: datetime
    services: tuple[ServiceErasure, ...] = ()

    @property
    def completed_at(self) -> datetime | None:
        """When the last service answered; None while one has not."""
        moments = [service.erased_at for service in self.services]
        return None if not moments or None in moments else max(moment for moment in moments if moment)


@dataclass(frozen=True, slots=True)
class Watched:
    """A customer whose erasure was requested lately, their id sealed.

    `may_end`: WATCHED has passed and every service has answered, so that nothing but what is there now can be left.
    """

    erasure_id: UUID
    company_id: UUID
    customer_sealed: str
    may_end: bool


def requests_of(cart_ids: Sequence[UUID]) -> list[tuple[UUID, ...]]:
    """The carts of each request; one request also for a customer without a cart."""
    starts = range(0, len(cart_ids), MOST_CARTS)
    return [tuple(cart_ids[start : start + MOST_CARTS]) for start in starts] or [()]
