"""Every statement that erases recipients."""

from collections.abc import Sequence
from uuid import UUID

from servicekit.db import TenantUnit

from recovery.contacts.persistence.repository import lock

ERASED = 2**62
"""The version of an erased contact: newer than any that may still arrive."""


async def is_erased(unit: TenantUnit, cart_id: UUID) -> bool:
    """Whether the cart's contact was erased; until the transaction ends, it is not."""
    await lock(unit, [cart_id])
    found = await unit.fetchval(
        "SELECT version = $3 FROM contacts WHERE company_id = $1 AND cart_id = $2", unit.company_id, cart_id, ERASED
    )
    return bool(found)


async def recipients_of(unit: TenantUnit, cart_ids: Sequence[UUID]) -> list[bytes]:
    """The keyed hashes of everybody whom these carts' mails went to, or would have."""
    rows = await unit.fetch(
        """
        SELECT recipient_hash FROM contacts WHERE company_id = $1 AND cart_id = ANY ($2) AND recipient_hash IS NOT NULL
        UNION SELECT recipient_hash FROM recoveries
        WHERE company_id = $1 AND cart_id = ANY ($2) AND recipient_hash IS NOT NULL
        UNION SELECT recipient_hash FROM consents WHERE company_id = $1 AND cart_id = ANY ($2)
        """,
        unit.company_id,
        cart_ids,
    )
    return [row["recipient_hash"] for row in rows]


async def carts_of(unit: TenantUnit, cart_ids: Sequence[UUID], recipients: Sequence[bytes]) -> list[UUID]:
    """All carts of the same recipients, and those that went into these carts."""
    rows = await unit.fetch(
        """
        SELECT cart_id FROM contacts
        WHERE company_id = $1 AND (successor_cart_id = ANY ($2) OR recipient_hash = ANY ($3))
        UNION SELECT cart_id FROM recoveries
        WHERE company_id = $1 AND (merged_into_cart_id = ANY ($2) OR recipient_hash = ANY ($3))
        """,
        unit.company_id,
        cart_ids,
        recipients,
    )
    return [row["cart_id"] for row in rows]


async def stop_recoveries(unit: TenantUnit, cart_ids: Sequence[UUID]) -> None:
    """Send no more mail about these carts, and forget to whom it went."""
    await unit.execute(
        """
        UPDATE recoveries SET recipient_hash = NULL, next_due_at = NULL, lines = '[]', updated_at = $3,
            stop_reason = CASE status WHEN 'OPEN' THEN 'erased' ELSE stop_reason END,
            status = CASE status WHEN 'OPEN' THEN 'STOPPED' ELSE status END
        WHERE company_id = $1 AND cart_id = ANY ($2)
        """,
        unit.company_id,
        cart_ids,
        unit.now,
    )


async def erase_mails(unit: TenantUnit, cart_ids: Sequence[UUID], recipients: Sequence[bytes]) -> None:
    """Let mails name nobody: each has random bytes in place of its recipient."""
    await unit.execute(
        """
        UPDATE recovery_messages SET recipient_hash = uuid_send(gen_random_uuid())
        WHERE company_id = $1 AND (recipient_hash = ANY ($3) OR recovery_id IN (
            SELECT id FROM recoveries WHERE company_id = $1 AND cart_id = ANY ($2)))
        """,
        unit.company_id,
        cart_ids,
        recipients,
    )


async def erase_contacts(unit: TenantUnit, cart_ids: Sequence[UUID], recipients: Sequence[bytes]) -> None:
    """Delete addresses and the proofs of consent, and keep only that these carts' were erased."""
    await unit.execute(
        "DELETE FROM consents WHERE company_id = $1 AND (cart_id = ANY ($2) OR recipient_hash = ANY ($3))",
        unit.company_id,
        cart_ids,
        recipients,
    )
    await unit.execute(
        """
        INSERT INTO contacts (company_id, cart_id, version, consent, updated_at)
        SELECT $1, unnest($2::uuid[]), $3, false, $4
        ON CONFLICT (company_id, cart_id) DO UPDATE SET version = excluded.version, consent = false,
            recipient_hash = NULL, address_sealed = NULL, locale = NULL, updated_at = excluded.updated_at
        """,
        unit.company_id,
        cart_ids,
        ERASED,
        unit.now,
    )
