"""Every statement on clicks."""

from uuid import UUID

from servicekit.db import TenantUnit


async def add_click(unit: TenantUnit, recovery_id: UUID, step: int) -> None:
    """Note that a person clicked today; again on the same day changes nothing."""
    await unit.execute(
        """
        INSERT INTO recovery_clicks (company_id, recovery_id, step, day, clicked_at)
        VALUES ($1, $2, $3, ($4::timestamptz AT TIME ZONE 'UTC')::date, $4::timestamptz)
        ON CONFLICT DO NOTHING
        """,
        unit.company_id,
        recovery_id,
        step,
        unit.now,
    )


async def mark_clicked(unit: TenantUnit, recovery_id: UUID, step: int) -> bool:
    """Note the first click on a mail; False for every later one, and for a step of which no mail is known."""
    first = await unit.fetchval(
        """
        UPDATE recovery_messages SET clicked_at = $4
        WHERE company_id = $1 AND recovery_id = $2 AND step = $3 AND clicked_at IS NULL
        RETURNING true
        """,
        unit.company_id,
        recovery_id,
        step,
        unit.now,
    )
    return first is not None
