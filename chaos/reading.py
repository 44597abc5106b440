"""Reading what the platform has of one company: a few statements a service, nothing that changes anything."""

import json
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import httpx
from analytics.log.domain import LOGGED

from chaos.databases import MANIFESTS, Databases
from chaos.records import (
    Change,
    CountedCart,
    PublishedEvent,
    Records,
    Stock,
    StoredCart,
    StoredHold,
    StoredMessage,
)
from chaos.shop import Shop
from chaos.waiting import Waiting

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

_LOGGED_TYPES: Final = frozenset(event.type for event in LOGGED)

_MAILBOX_SECONDS: Final = 600.0
"""The mailbox reads every mail again for each answer: a thousand took it a minute on a busy machine."""

_CARTS = """
SELECT c.id, c.status, c.order_id, c.item_count, c.subtotal, c.discount_total, c.shipping_total, c.tax_total, c.total,
    coalesce(l.line_total, 0) AS line_total, coalesce(l.lines, '{}') AS lines, c.hold_change IS NOT NULL AS is_changing
FROM carts c LEFT JOIN (
    SELECT cart_id, sum(amount)::bigint AS line_total, jsonb_object_agg(variant_id, quantity) AS lines FROM (
        SELECT cart_id, variant_id, sum(quantity) AS quantity, sum(quantity * unit_price) AS amount
        FROM cart_items WHERE company_id = $1 GROUP BY 1, 2
    ) v GROUP BY 1
) l ON l.cart_id = c.id
WHERE c.company_id = $1
"""
_HOLDS = """
SELECT h.id, h.cart_id, h.state, h.order_id, coalesce(
    (SELECT jsonb_object_agg(variant_id, quantity) FROM hold_lines l WHERE l.company_id = $1 AND l.hold_id = h.id), '{}'
) AS lines
FROM inventory_holds h WHERE h.company_id = $1
"""
_STOCK = """
SELECT variant_id, sum(on_hand)::bigint AS on_hand, sum(held)::bigint AS held
FROM stock_levels WHERE company_id = $1 GROUP BY 1
"""
_COUNTED = """
SELECT cart_id, status, item_count, value, revenue, quantity_added FROM cart_facts WHERE company_id = $1
"""
_MESSAGES = "SELECT id, cart_id, abandonment_id, step, status FROM recovery_messages WHERE company_id = $1"
_CONTACTS = "SELECT cart_id FROM contacts WHERE company_id = $1 AND address_sealed IS NOT NULL"


async def read_records(databases: Databases, mailbox_url: str, shop: Shop, waiting: Waiting) -> Records:
    """Read all of it once."""
    async with databases.of("cart") as cart:
        changes = await cart.fetch(
            "SELECT cart_id, version, kind FROM cart_activity WHERE company_id = $1", shop.company_id
        )
        carts = [_with_lines(row) for row in await cart.fetch(_CARTS, shop.company_id)]
    async with databases.of("inventory") as inventory:
        holds = [_with_lines(row) for row in await inventory.fetch(_HOLDS, shop.company_id)]
        stock = await inventory.fetch(_STOCK, shop.company_id)
    async with databases.of("recovery") as recovery:
        messages = await recovery.fetch(_MESSAGES, shop.company_id)
        contacts = await recovery.fetch(_CONTACTS, shop.company_id)
    async with databases.of("analytics") as analytics:
        logged = await analytics.fetch("SELECT event_id FROM events WHERE company_id = $1", shop.company_id)
        counted = await analytics.fetch(_COUNTED, shop.company_id)
        figures = await analytics.fetch(
            "SELECT measure, sum(amount)::bigint AS amount FROM figures WHERE company_id = $1 GROUP BY 1",
            shop.company_id,
        )
    return Records(
        changes=[Change(**dict(row)) for row in changes],
        carts=[StoredCart(**row) for row in carts],
        holds=[StoredHold(**row) for row in holds],
        stock={row["variant_id"]: Stock(row["on_hand"], row["held"]) for row in stock},
        events=await _published(databases, shop),
        logged=[row["event_id"] for row in logged],
        counted=[CountedCart(**dict(row)) for row in counted],
        figures={row["measure"]: row["amount"] for row in figures},
        contacts=frozenset(row["cart_id"] for row in contacts),
        messages=[StoredMessage(**dict(row)) for row in messages],
        mails=await _mails(mailbox_url, shop),
        waiting=await waiting.everything(),
    )


async def _published(databases: Databases, shop: Shop) -> list[PublishedEvent]:
    events: list[PublishedEvent] = []
    for manifest in MANIFESTS:
        async with databases.of(manifest.name) as connection:
            rows = await connection.fetch(
                "SELECT event_id, type, aggregate_id, aggregate_version FROM outbox WHERE company_id = $1",
                shop.company_id,
            )
        events += [
            PublishedEvent(manifest.name, event_id, kind, aggregate_id, version, kind in _LOGGED_TYPES)
            for event_id, kind, aggregate_id, version in rows
        ]
    return events


async def _mails(mailbox_url: str, shop: Shop) -> list[UUID]:
    """The ids of the messages in the mails that the provider was given, by their Message-ID."""
    async with httpx.AsyncClient(timeout=_MAILBOX_SECONDS) as client:
        mails = (await client.get(mailbox_url)).raise_for_status().json()
    return [_message_id(mail["headers"]) for mail in mails if mail["to"].endswith(f"@{shop.mail_domain}")]


def _message_id(headers: dict[str, str]) -> UUID:
    return UUID(headers["Message-ID"].strip("<>").partition("@")[0])


def _with_lines(row: "asyncpg.Record") -> dict[str, Any]:
    return {**row, "lines": json.loads(row["lines"])}
