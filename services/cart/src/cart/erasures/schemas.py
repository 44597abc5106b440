"""HTTP bodies of erasures; the customer's id comes in the path and is never given out."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from servicekit.http.bodies import View

from cart.erasures.domain import Erasure

State = Literal["PENDING", "ERASED"]


class ServiceErasureView(View):
    """What became of it in one service."""

    service: str
    state: State
    erased_at: datetime | None


class ErasureView(View):
    """The erasure of a customer: ERASED when every service has answered.

    Until `watchedUntil`, what the customer still makes is erased too; then `state` is PENDING again for a while.
    """

    id: UUID
    state: State
    requested_at: datetime
    watched_until: datetime
    completed_at: datetime | None
    services: list[ServiceErasureView]

    @classmethod
    def of(cls, erasure: Erasure) -> Self:
        """The view of an erasure."""
        return cls(
            id=erasure.id,
            state=_state(erasure.completed_at),
            requested_at=erasure.requested_at,
            watched_until=erasure.watched_until,
            completed_at=erasure.completed_at,
            services=[
                ServiceErasureView(service=one.service, state=_state(one.erased_at), erased_at=one.erased_at)
                for one in erasure.services
            ],
        )


def _state(erased_at: datetime | None) -> State:
    return "PENDING" if erased_at is None else "ERASED"
