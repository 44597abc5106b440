"""Requesting the erasure of a customer, collecting the answers, and erasing what comes after the request."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from contracts.envelope import Envelope, RecordedEvent
from contracts.erasure import CustomerErased, CustomerErasureRequested, erasure_context
from servicekit.db import Database, TenantUnit
from servicekit.errors import NotFound404
from servicekit.ids import new_id
from servicekit.messaging import outbox
from servicekit.sealing import SealBroken, Sealer

from cart.erasures import repository
from cart.erasures.domain import SERVICES, WATCHED, Erasure, Watched, requests_of

BATCH = 200
"""Erasures looked at at a time."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ErasureKeys:
    """What an erasure is recognised by (`hashing`), and what seals the customer's id for the services (`sealing`)."""

    hashing: Sealer = field(repr=False)
    sealing: Sealer = field(repr=False)

    def hashes(self, company_id: UUID, customer_id: str) -> list[bytes]:
        """The keyed hashes of a customer, by the newest key first."""
        return list(self.hashing.fingerprints(b"erasure" + company_id.bytes + customer_id.encode()))

    def sealed(self, company_id: UUID, customer_id: str) -> str:
        """A customer's id as it travels and is kept while they are watched."""
        return self.sealing.seal_text(customer_id, erasure_context(company_id))

    def opened(self, company_id: UUID, sealed: str) -> str:
        """A customer's id again; raises SealBroken."""
        return self.sealing.unseal_text(sealed, erasure_context(company_id))


async def request_erasure(unit: TenantUnit, customer_id: str, keys: ErasureKeys) -> tuple[Erasure, bool]:
    """Have every service erase a customer; while an earlier request is under way, answer how far that is.

    Returns the erasure, and whether this call requested it. One that is over begins anew, for what came since. What the
    customer still makes in the next WATCHED is found by `erase_latecomers`.
    """
    hashes = keys.hashes(unit.company_id, customer_id)
    erasure = await repository.lock(unit, hashes)
    if erasure is None:
        await repository.insert(unit, new_id(), hashes[0])
        erasure = await repository.lock(unit, hashes)
    if erasure is None:
        raise LookupError("inserted above, or there")
    if erasure.version and erasure.completed_at is None:
        return erasure, False
    await repository.watch(unit, erasure.id, keys.sealed(unit.company_id, customer_id), unit.now + WATCHED)
    await _request(unit, erasure, customer_id, keys)
    return await read_erasure(unit, customer_id, keys), True


async def read_erasure(unit: TenantUnit, customer_id: str, keys: ErasureKeys) -> Erasure:
    """How far the erasure of a customer is; raises NotFound404 for one of whom none was requested."""
    erasure = await repository.find(unit, keys.hashes(unit.company_id, customer_id))
    if erasure is None:
        raise NotFound404
    return erasure


async def record_answer(unit: TenantUnit, event: Envelope[CustomerErased]) -> None:
    """Note that a service has done its part of a request."""
    await repository.record_answer(unit, event.subject, event.aggregateversion, event.data.service)


async def erase_latecomers(database: Database, keys: ErasureKeys, *, dry_run: bool = False) -> int:
    """Erase what customers made after their erasure was requested; how many customers have, or would be erased again.

    A request of theirs that was under way at that moment, or that came with a token that was still good, is erased so.
    The watch of a customer ends after WATCHED, once every service has answered and a last look has found nothing.
    """
    late: list[tuple[UUID, str]] = []
    after: UUID | None = None
    while True:
        async with database.system_unit() as unit:
            page = await repository.watched(unit, after, BATCH)
            ids = _ids(page, keys)
            found = await repository.with_anything(unit, list(ids.values()))
            if not dry_run:
                await repository.end_watch(unit, _ended(page, ids, found))
        late += found
        if len(page) < BATCH:
            break
        after = page[-1].erasure_id
    if not dry_run:
        for company_id, customer_id in late:
            async with database.unit(company_id) as tenant:
                await _erase_again(tenant, customer_id, keys)
    return len(late)


def _ids(page: Sequence[Watched], keys: ErasureKeys) -> dict[UUID, tuple[UUID, str]]:
    """Whom each erasure is about; one that the services' secret of today does not open is reported, and left out."""
    ids = {}
    for one in page:
        try:
            ids[one.erasure_id] = (one.company_id, keys.opened(one.company_id, one.customer_sealed))
        except SealBroken:
            log.error("erasure_watch_lost", company_id=one.company_id, erasure_id=one.erasure_id)
    return ids


def _ended(
    page: Sequence[Watched], ids: Mapping[UUID, tuple[UUID, str]], found: Collection[tuple[UUID, str]]
) -> list[UUID]:
    """Of whom the id is of no use any more: nothing is left of them, or nobody can read it."""
    return [
        one.erasure_id
        for one in page
        if one.erasure_id not in ids or (one.may_end and ids[one.erasure_id] not in found)
    ]


async def _erase_again(unit: TenantUnit, customer_id: str, keys: ErasureKeys) -> None:
    """Request what came since, unless an earlier request is still under way."""
    erasure = await repository.lock(unit, keys.hashes(unit.company_id, customer_id))
    if erasure is not None and erasure.completed_at is not None:
        await _request(unit, erasure, customer_id, keys)


async def _request(unit: TenantUnit, erasure: Erasure, customer_id: str, keys: ErasureKeys) -> None:
    """Publish requests for all of the customer's carts of now, and wait for every service's answer to each.

    Their lists are nobody's but this service's, and go at once.
    """
    await repository.delete_lists(unit, customer_id)
    version, events = erasure.version, []
    sealed = keys.sealed(unit.company_id, customer_id)
    for cart_ids in requests_of(await repository.carts_of(unit, customer_id)):
        version += 1
        request = CustomerErasureRequested(customer_sealed=sealed, cart_ids=cart_ids)
        events.append(RecordedEvent(request, unit.company_id, erasure.id, version, unit.now))
    await repository.begin(unit, erasure.id, range(erasure.version + 1, version + 1), SERVICES)
    await outbox.add(unit, *events)
