"""Batches beside batches and rebuilds take their locks in one order: none is the victim of a deadlock or of a gap."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from analytics.log import service as log
from analytics.projections import repository as projections
from analytics.projections.domain.cart_facts import CartFacts
from analytics.replicas import service as replicas
from contracts.cart import CartViewed
from contracts.envelope import Envelope, RecordedEvent
from contracts.inventory import ProductChanged
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import envelope_of, until_blocked

from ..cart_history import NOON, CartHistory  # no installed package


async def test_a_cart_that_a_rebuild_removes_is_made_again(database: Database, company_id: UUID) -> None:
    """A row without events, found by a batch and then deleted: the batch that waited for it makes its own."""
    cart = CartHistory(company_id)
    key = (company_id, cart.cart_id)
    async with database.system_unit() as unit:
        await projections.lock(unit, [key])

    async with database.unit(company_id) as rebuilding:
        await projections.lock(rebuilding, [key])
        appending = asyncio.create_task(append(database, [cart.created(), cart.added()]))
        await until_blocked(database)
        await projections.delete(rebuilding, [cart.cart_id])
    await appending

    async with database.system_unit() as unit:
        found = await projections.lock(unit, [key])
    assert found[key] != CartFacts()
    assert found[key].quantity_added == 1


async def test_events_published_again_under_new_ids_do_not_deadlock(database: Database, company_id: UUID) -> None:
    """Two batches with the same versions of the same carts, whose event ids are in opposite orders."""
    ids, (first, second, held) = sorted(new_id() for _ in range(5)), sorted(new_id() for _ in range(3))
    one = [viewed(company_id, cart, event) for cart, event in zip((first, held, second), ids[:3], strict=True)]
    other = [viewed(company_id, cart, event) for cart, event in zip((second, first), ids[3:], strict=True)]

    async with database.system_unit() as unit:
        await log.append(unit, [viewed(company_id, held, new_id())])
        appending = [asyncio.create_task(append(database, one))]
        await until_blocked(database, sessions=1)
        appending.append(asyncio.create_task(append(database, other)))
        await until_blocked(database, sessions=2)
    await asyncio.gather(*appending)

    async with database.unit(company_id) as unit:
        assert await log.size(unit) == 3


async def test_replicas_are_rebuilt_beside_a_batch_without_a_deadlock(database: Database, company_id: UUID) -> None:
    """Products were made in the opposite order of their ids; both sides want all of them."""
    ids = sorted(new_id() for _ in range(3))
    for product in reversed(ids):
        await append(database, [product_of(company_id, product, 1)])

    async with database.unit(company_id) as unit:
        await unit.execute("SELECT 1 FROM products WHERE product_id = $1 FOR UPDATE", ids[1])
        rebuilding = asyncio.create_task(rebuild_replicas(database, company_id))
        await until_blocked(database, sessions=1)
        appending = asyncio.create_task(append(database, [product_of(company_id, product, 2) for product in ids]))
        await until_blocked(database, sessions=2)
    await asyncio.gather(rebuilding, appending)

    assert await titles(database, company_id) == {"Version 2"}


async def test_a_replica_that_changes_under_a_rebuild_stays_changed(database: Database, company_id: UUID) -> None:
    """What a batch commits while the rebuild waits for it is newer than what the rebuild would have read before."""
    product = new_id()
    await append(database, [product_of(company_id, product, 1)])

    async with database.system_unit() as unit:
        await log.append(unit, [product_of(company_id, product, 2)])
        rebuilding = asyncio.create_task(rebuild_replicas(database, company_id))
        await until_blocked(database)
    await rebuilding

    assert await titles(database, company_id) == {"Version 2"}


def viewed(company_id: UUID, cart_id: UUID, event_id: UUID) -> Envelope[Any]:
    """The first version of a cart, in an event of this id."""
    data = CartViewed(site_id=new_id(), currency="EUR", actor="shopper")
    return envelope_of(RecordedEvent(data, company_id, cart_id, 1, NOON)).model_copy(update={"id": event_id})


def product_of(company_id: UUID, product_id: UUID, version: int) -> Envelope[Any]:
    """A version of a product, which its title says."""
    product = ProductChanged(title=f"Version {version}", slug="mug", active=True, variants=())
    return envelope_of(RecordedEvent(product, company_id, product_id, version, NOON))


async def append(database: Database, events: Sequence[Envelope[Any]]) -> None:
    """A batch."""
    async with database.system_unit() as unit:
        await log.append(unit, events)


async def rebuild_replicas(database: Database, company_id: UUID) -> None:
    """The step of a rebuild that makes the replicas."""
    async with database.unit(company_id) as unit:
        await replicas.rebuild(unit, whole=True)


async def titles(database: Database, company_id: UUID) -> set[str]:
    """The titles of the company's products."""
    async with database.unit(company_id) as unit:
        return {row["title"] for row in await unit.fetch("SELECT title FROM products")}
