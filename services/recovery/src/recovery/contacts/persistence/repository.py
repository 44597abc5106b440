"""Every statement on contacts and consents."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from servicekit.db import SystemUnit, TenantUnit

from recovery.contacts.domain.contact import Contact, PassedOn

INHERITED = 0
"""The version of a contact that came from another cart: older than any of the cart's own (cart counts from 1)."""
_NO_CONTACT_YET = -1


async def lock(unit: TenantUnit, cart_ids: Sequence[UUID]) -> None:
    """Let no address of these carts arrive, and no recovery of them begin, until the transaction ends.

    An address and an abandonment that are handled at the same moment would not see each other, and nobody would get
    the mail. Whoever takes it for a cart does so before touching the cart's recoveries.
    """
    await unit.execute(
        """
        SELECT pg_advisory_xact_lock(hashtextextended('contact:' || cart_id, 0))
        FROM (SELECT unnest($1::uuid[]) AS cart_id ORDER BY 1) AS carts
        """,
        sorted(cart_ids),
    )


async def keep(unit: TenantUnit, cart_id: UUID, version: int, contact: Contact | None) -> bool:
    """Store a cart's contact, or with None that there is none; False when what is stored is as new or newer.

    An INHERITED contact replaces an INHERITED one.
    """
    stored = await unit.fetchval(
        """
        INSERT INTO contacts AS known
            (company_id, cart_id, version, consent, recipient_hash, address_sealed, locale, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (company_id, cart_id) DO UPDATE SET
            version = excluded.version, consent = excluded.consent, recipient_hash = excluded.recipient_hash,
            address_sealed = excluded.address_sealed, locale = excluded.locale, updated_at = excluded.updated_at
        WHERE known.version < excluded.version OR (known.version = $9 AND excluded.version = $9)
        RETURNING true
        """,
        unit.company_id,
        cart_id,
        version,
        contact is not None,
        contact.recipient_hash if contact else None,
        contact.address_sealed if contact else None,
        contact.locale if contact else None,
        unit.now,
        INHERITED,
    )
    return stored is not None


async def follow(unit: TenantUnit, cart_id: UUID, successor_cart_id: UUID) -> None:
    """Remember which cart a final cart's lines went to, also before it has a contact."""
    await unit.execute(
        """
        INSERT INTO contacts (company_id, cart_id, version, consent, successor_cart_id, updated_at)
        VALUES ($1, $2, $3, false, $4, $5)
        ON CONFLICT (company_id, cart_id) DO UPDATE SET successor_cart_id = excluded.successor_cart_id
        """,
        unit.company_id,
        cart_id,
        _NO_CONTACT_YET,
        successor_cart_id,
        unit.now,
    )


async def passed_on(unit: TenantUnit, cart_id: UUID) -> PassedOn | None:
    """What the cart passes on to its successor; None while it has no successor, or never had a contact set."""
    row = await unit.fetchrow(
        """
        SELECT successor_cart_id, consent, recipient_hash, address_sealed, locale FROM contacts
        WHERE company_id = $1 AND cart_id = $2 AND successor_cart_id IS NOT NULL AND version > $3
        """,
        unit.company_id,
        cart_id,
        _NO_CONTACT_YET,
    )
    if row is None:
        return None
    contact = Contact(row["recipient_hash"], row["address_sealed"], row["locale"]) if row["consent"] else None
    return PassedOn(row["successor_cart_id"], contact)


async def get(unit: TenantUnit, cart_id: UUID) -> Contact | None:
    """The cart's contact, or None when nobody agreed to be written to."""
    row = await unit.fetchrow(
        """
        SELECT recipient_hash, address_sealed, locale
        FROM contacts WHERE company_id = $1 AND cart_id = $2 AND consent
        """,
        unit.company_id,
        cart_id,
    )
    return Contact(**row) if row else None


async def record_consent(
    unit: TenantUnit, event_id: UUID, cart_id: UUID, recipient: bytes, granted: bool, at: datetime
) -> None:
    """Append a shopper's consent, or its refusal; once per event."""
    await unit.execute(
        """
        INSERT INTO consents (company_id, id, cart_id, recipient_hash, granted, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT ON CONSTRAINT consents_pkey DO NOTHING
        """,
        unit.company_id,
        event_id,
        cart_id,
        recipient,
        granted,
        at,
    )


async def forget(unit: SystemUnit, before: datetime, limit: int) -> int:
    """Delete contacts that nobody has touched since, at most `limit` of them, over all companies; return how many."""
    rows = await unit.fetch(
        """
        DELETE FROM contacts WHERE (company_id, cart_id) IN (
            SELECT company_id, cart_id FROM contacts WHERE updated_at < $1 ORDER BY updated_at LIMIT $2
        )
        RETURNING true
        """,
        before,
        limit,
    )
    return len(rows)


async def count_forgettable(unit: SystemUnit, before: datetime) -> int:
    """How many contacts `forget` would delete in the end."""
    count: int = await unit.fetchval("SELECT count(*) FROM contacts WHERE updated_at < $1", before)
    return count
