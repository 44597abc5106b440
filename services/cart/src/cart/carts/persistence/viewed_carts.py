"""When carts were last looked at: CartViewed at most once an hour per cart (rules.md 33)."""

from datetime import datetime, timedelta
from uuid import UUID

from contracts.cart import CartViewed
from contracts.envelope import RecordedEvent
from servicekit.db import TenantUnit
from servicekit.messaging import outbox


async def note_views(unit: TenantUnit, seen: dict[UUID, datetime], interval: timedelta) -> None:
    """Publish CartViewed for each cart that had none within the interval, nor since it last changed.

    A view is no change, so it raises no version; one event of a type per version is what the outbox allows.
    """
    viewed = await unit.fetch(
        """
        UPDATE carts c SET viewed_at = s.at, viewed_version = c.version
        FROM (SELECT id, at FROM unnest($2::uuid[], $3::timestamptz[]) AS v (id, at) ORDER BY id) s
        WHERE c.company_id = $1 AND c.id = s.id
            AND (c.viewed_at IS NULL OR (c.viewed_at <= s.at - $4::interval AND c.version > c.viewed_version))
        RETURNING c.id, c.site_id, c.currency, c.version, c.viewed_at""",
        unit.company_id,
        list(seen),
        list(seen.values()),
        interval,
    )
    events = (
        RecordedEvent(
            CartViewed(site_id=row["site_id"], currency=row["currency"], actor="shopper"),
            unit.company_id,
            row["id"],
            row["version"],
            row["viewed_at"],
        )
        for row in viewed
    )
    await outbox.add(unit, *events)
