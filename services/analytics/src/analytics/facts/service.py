"""Counting events, and counting all of them again."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from servicekit.db import Unit

from analytics.facts import repository
from analytics.facts.domain import CartFacts, ProductFacts, merge
from analytics.facts.reading import SPEAKING, ProductKey, fold
from analytics.log import repository as log
from analytics.log.domain import Recorded


async def count(unit: Unit, events: Iterable[Recorded]) -> None:
    """Merge events that were not counted before into the facts of their carts.

    Raises KeyError, for the batch to be tried again, if a rebuild removed a cart without events in between.
    """
    carts, products = fold(events)
    if not carts:
        return
    known = await repository.lock(unit, carts)
    await repository.write(unit, {key: merge(known[key], facts) for key, facts in carts.items()})
    if products:
        await repository.add_products(unit, products)


async def recount(unit: Unit, company_id: UUID, carts: Sequence[UUID]) -> int:
    """Make the facts of some carts again from the log alone; return how many were wrong.

    The carts are held first and their events read after, so a batch that counts the same cart at this moment is either
    in both the log and the facts that are read, or waits and merges itself afterwards. Nothing is written for a cart
    whose facts are right.
    """
    held = await repository.lock(unit, [(company_id, cart) for cart in carts])
    facts, products = fold(await log.of_carts(unit, company_id, carts, SPEAKING))
    wrong = {cart for (_, cart), known in held.items() if facts.get((company_id, cart), CartFacts()) != known}
    await repository.write(unit, {(company_id, cart): facts.get((company_id, cart), CartFacts()) for cart in wrong})
    await repository.drop(unit, company_id, [cart for _, cart in held.keys() - facts.keys()])
    return len(wrong | await _recount_products(unit, company_id, carts, products))


async def _recount_products(
    unit: Unit, company_id: UUID, carts: Sequence[UUID], said: Mapping[ProductKey, ProductFacts]
) -> set[UUID]:
    known = await repository.products_of(unit, company_id, carts)
    wrong = {cart for (_, cart, _), _ in known.items() ^ said.items()}
    if wrong:
        await repository.drop_products(unit, company_id, list(wrong))
        await repository.add_products(unit, {key: product for key, product in said.items() if key[1] in wrong})
    return wrong
