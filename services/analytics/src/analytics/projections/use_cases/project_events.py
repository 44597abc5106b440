"""Projecting new events, and all events of some carts again."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from servicekit.db import TenantUnit, Unit

from analytics.log import repository as log
from analytics.log.domain import LogEntry
from analytics.projections import repository
from analytics.projections.domain.cart_facts import CartFacts, ProductFacts, merge
from analytics.projections.domain.project import PROJECTED, ProductKey, project


async def project_new(unit: Unit, events: Iterable[LogEntry]) -> None:
    """Merge events that were not projected before into the rows of their carts; the figures follow, last."""
    carts, products = project(events)
    if not carts:
        return
    known = await repository.lock(unit, carts)
    if products:
        await repository.add_products(unit, products)
    await repository.write(unit, {key: merge(known[key], facts) for key, facts in carts.items()})


async def project_again(unit: TenantUnit, carts: Sequence[UUID]) -> int:
    """Make the rows of some carts of the company again from the log alone; return how many carts had wrong ones.

    The rows are locked first and the events read after, so a batch that projects the same cart at this moment is either
    in both the log and the rows that are read, or waits and merges itself afterwards. What is right is not written.
    """
    company_id = unit.company_id
    known = await repository.lock(unit, [(company_id, cart) for cart in carts])
    facts, products = project(await log.of_carts(unit, carts, PROJECTED))
    wrong = {key: facts.get(key, CartFacts()) for key, stored in known.items() if facts.get(key, CartFacts()) != stored}
    await repository.write(unit, wrong)
    await repository.delete(unit, [cart for _, cart in known.keys() - facts.keys()])
    return len({cart for _, cart in wrong} | await _project_products_again(unit, carts, products))


async def _project_products_again(
    unit: TenantUnit, carts: Sequence[UUID], products: Mapping[ProductKey, ProductFacts]
) -> set[UUID]:
    known = await repository.products_of(unit, carts)
    wrong = {cart for (_, cart, _), _ in known.items() ^ products.items()}
    if wrong:
        await repository.delete_products(unit, list(wrong))
        await repository.add_products(unit, {key: product for key, product in products.items() if key[1] in wrong})
    return wrong
