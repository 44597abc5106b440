"""What the restored services have, each read from its own database, and from analytics' reports."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
from cartwheel_local.services import MANIFESTS
from simulator.merchant import Merchant
from simulator.reconciliation.analytics import Reports
from simulator.reconciliation.figures import Figure, compare

from restore_drill.comparing import FoundCart, sales_of
from restore_drill.ledger import Ledger, now
from restore_drill.shopping import CURRENCY, ON_HAND, PRODUCTS

_DATABASES = {manifest.name: manifest.database for manifest in MANIFESTS}
_DAY = timedelta(days=1)


async def carts_of(postgres_url: str, company_id: UUID) -> Mapping[str, FoundCart]:
    """Every cart of the company, by id."""
    rows = await _ask(postgres_url, "cart", "SELECT id, version, status FROM carts WHERE company_id = $1", company_id)
    return {str(row["id"]): FoundCart(row["version"], row["status"]) for row in rows}


async def waiting_events(postgres_url: str) -> int:
    """How many events wait in the outboxes of all services."""
    waiting = 0
    for service in _DATABASES:
        rows = await _ask(postgres_url, service, "SELECT count(*) AS waiting FROM outbox WHERE published_at IS NULL")
        waiting += rows[0]["waiting"]
    return waiting


async def reconcile(postgres_url: str, merchant: Merchant, ledger: Ledger) -> tuple[Figure, ...]:
    """Compare what cart has, and its shoppers were answered, with what analytics and inventory have; once."""
    carts = await carts_of(postgres_url, merchant.company_id)
    revenue, quantity = sales_of(ledger, carts)
    expected = {
        "carts created": len(carts),
        "carts ordered": sum(cart.status == "CONVERTED" for cart in carts.values()),
        "revenue": revenue,
        "quantity ordered": quantity,
        "quantity gone from stock": quantity,
        "quantity held": 0,
    }
    reports = Reports(merchant.staff.analytics, CURRENCY, now().date() - _DAY, now().date() + _DAY)
    overview = await reports.overview()
    stock = await _ask(
        postgres_url,
        "inventory",
        "SELECT sum(on_hand)::bigint AS on_hand, sum(held)::bigint AS held FROM stock_levels WHERE company_id = $1",
        merchant.company_id,
    )
    counted = {
        "carts created": overview.carts.created,
        "carts ordered": overview.carts.converted,
        "revenue": overview.revenue,
        "quantity ordered": overview.units,
        "quantity gone from stock": PRODUCTS * ON_HAND - stock[0]["on_hand"],
        "quantity held": stock[0]["held"],
    }
    return compare(expected, counted)


_ALONE = {
    "analytics": ("sites that analytics knows", "SELECT count(*) AS found FROM sites WHERE company_id = $1"),
    "recovery": ("sites that recovery knows", "SELECT count(*) AS found FROM sites WHERE company_id = $1"),
    "upsell": ("orders upsell has learned of", "SELECT count(*) AS found FROM purchases_seen WHERE company_id = $1"),
}


async def figures_alone(postgres_url: str, service: str, company_id: UUID) -> Sequence[Figure]:
    """Compare what a service that went back alone knows of the company with what cart has."""
    name, counting = _ALONE[service]
    source = "carts WHERE status = 'CONVERTED' AND" if service == "upsell" else "sites WHERE"
    [expected] = await _ask(postgres_url, "cart", f"SELECT count(*) AS found FROM {source} company_id = $1", company_id)
    [found] = await _ask(postgres_url, service, counting, company_id)
    return [Figure(name, expected["found"], found["found"])]


async def _ask(postgres_url: str, service: str, sql: str, *args: object) -> "list[asyncpg.Record]":
    address = urlunsplit(urlsplit(postgres_url)._replace(path=f"/{_DATABASES[service]}"))
    connection = await asyncpg.connect(address)
    try:
        return await connection.fetch(sql, *args)
    finally:
        await connection.close()
