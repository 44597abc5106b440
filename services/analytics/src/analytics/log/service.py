"""Looking into the log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from servicekit.db import Unit

from analytics.errors import CartNotFound404
from analytics.log import repository


async def list_events(
    unit: Unit, company_id: UUID, cart_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """A page of a cart's events and, if there is one, the first of the next page.

    Raises CartNotFound404 for a cart without events, which another company's is too.
    """
    rows = await repository.page_of_cart(unit, company_id, cart_id, after, limit + 1)
    if not rows and after is None:
        raise CartNotFound404
    return rows


async def size(unit: Unit, company_id: UUID) -> int:
    """How many events of a company are in the log."""
    return await repository.count(unit, company_id)
