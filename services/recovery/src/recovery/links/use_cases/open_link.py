"""Looking at what a link leads to (rules.md 29)."""

from servicekit.db import TenantUnit

from recovery.contacts.persistence import repository as contacts
from recovery.errors import RecoveryTokenInvalid400
from recovery.links.domain.links import OpenedLink
from recovery.links.domain.tokens import LinkPayload
from recovery.recoveries import repository as recoveries
from recovery.sites import repository as sites


async def open_link(unit: TenantUnit, payload: LinkPayload) -> OpenedLink:
    """Read the recovery behind a link, changing nothing. Raises RecoveryTokenInvalid400 when it is gone."""
    recovery = await recoveries.get(unit, payload.recovery_id)
    site = await sites.get(unit, recovery.site_id) if recovery else None
    if recovery is None or site is None:
        raise RecoveryTokenInvalid400
    contact = await contacts.get(unit, recovery.cart_id)
    return OpenedLink(recovery, site, contact.locale if contact else None)
