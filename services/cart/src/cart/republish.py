"""The current state as events again: for a new consumer or an empty replica (messaging.md, "Publishing")."""

from uuid import UUID

from servicekit.db import Unit
from servicekit.messaging import outbox

from cart.sites import repository, service


async def republish(unit: Unit, company_id: UUID | None) -> int:
    """Publish every site as it is now, of one company or of all; idempotent. How many there were."""
    rows = await repository.with_companies(unit, company_id)
    await outbox.republish(unit, *(service.changed(row, row["company_name"]) for row in rows))
    return len(rows)
