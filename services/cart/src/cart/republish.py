"""The current state as events again: for a new consumer or an empty replica (messaging.md, "Publishing")."""

from uuid import UUID

from servicekit.db import Unit
from servicekit.messaging import outbox

from cart.sites import repository


async def republish(unit: Unit, company_id: UUID | None) -> int:
    """Publish every site as it is now, of one company or of all; idempotent. How many there were."""
    sites = await repository.with_company_names(unit, company_id)
    await outbox.republish(unit, *(site.changed(company_name) for site, company_name in sites))
    return len(sites)
