"""Carrying out the erasure of a customer, and looking for what is left of them."""

from collections.abc import Callable

from cart.erasures.domain import SERVICES
from cart.subscriptions import subscriptions
from contracts.envelope import RecordedEvent
from contracts.erasure import CustomerErased, CustomerErasureRequested
from servicekit.testing.delivery import deliver
from servicekit.testing.outbox import Published, published

from .shop import Shop


async def requests(shop: Shop) -> list[Published]:
    """What the company requested of the services."""
    return [event for event in await published(shop.database, CustomerErasureRequested) if of_company(shop)(event)]


def of_company(shop: Shop) -> Callable[[Published], bool]:
    """Whether an event is the company's."""
    return lambda event: event.company_id == shop.company_id


async def carry_out(shop: Shop, *, answering: tuple[str, ...] = SERVICES) -> None:
    """Let cart do its part of each request, and these services answer."""
    async with shop.database.unit(shop.company_id) as unit:
        now = unit.now
    for request in await requests(shop):
        about = shop.company_id, request.aggregate_id, request.version, now
        if not await _has_answered(shop, request):
            await deliver(subscriptions, RecordedEvent(request.data, *about), shop.database)
        for name in answering:
            await deliver(subscriptions, RecordedEvent(CustomerErased(service=name), *about), shop.database)


async def _has_answered(shop: Shop, request: Published) -> bool:
    answers = await published(shop.database, CustomerErased)
    return any((answer.aggregate_id, answer.version) == (request.aggregate_id, request.version) for answer in answers)


async def tables_with(shop: Shop, word: str) -> list[str]:
    """The tables that have a word in any column of any row."""
    async with shop.database.system_unit() as unit:
        names = await unit.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        found = [
            row["name"]
            for row in names
            if await unit.fetchval(f"SELECT true FROM {row['name']} t WHERE strpos(t::text, $1) > 0 LIMIT 1", word)
        ]
    return sorted(found)
