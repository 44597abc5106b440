"""The state as events again: for a replica that was lost, beside changes, and however large the catalogue is."""

import re
import sys
from asyncio import create_subprocess_exec
from collections import Counter
from pathlib import Path

from contracts.inventory import ProductChanged, StockChanged
from inventory.stock import service as stock
from servicekit.ids import new_id
from servicekit.messaging import outbox
from servicekit.settings import ServiceSettings
from servicekit.testing import Published, poll, published
from servicekit.testing.processes import environment_of

from .processes import command
from .shop import Shop

_PUT_MANY = """
WITH made AS (
    INSERT INTO products (id, company_id, handle, title, slug, active, categories, size_required, attributes, version)
    SELECT gen_random_uuid(), $1, 'mug ' || n, 'Mug', 'mug', true, '{}', false, '{}', 1
    FROM generate_series(1, $2) AS n RETURNING id, handle
), variant AS (
    INSERT INTO variants (id, company_id, product_id, sku, title, options, prices, compare_at_prices, active, tracked,
        backorderable)
    SELECT gen_random_uuid(), $1, id, handle, '', '{}', '{"USD": 1250}', '{}', true, true, false FROM made RETURNING id
)
INSERT INTO stock_levels (company_id, variant_id, warehouse_id, on_hand, version)
SELECT $1, id, $3, 5, 1 FROM variant
"""


async def puts_many(shop: Shop, count: int) -> None:
    """Put so many products of one variant on the shelf, and let the relay have sent all that waits."""
    warehouse = await shop.opens("store", priority=1)
    async with shop.database.system_unit() as unit:
        await unit.execute(_PUT_MANY, shop.company_id, count, warehouse)
    await sends(shop)


async def sends(shop: Shop) -> None:
    """Do what the relay does with all that waits."""
    async with shop.database.system_unit() as unit:
        await unit.execute("UPDATE outbox SET published_at = now() WHERE published_at IS NULL")


async def events_of(shop: Shop) -> list[Published]:
    """What the shop has published."""
    return [event for event in await published(shop.database) if event.company_id == shop.company_id]


async def test_the_state_can_be_published_again(settings: ServiceSettings, shop: Shop) -> None:
    """Products, stock and open holds of one company, as they are now, each time under other ids."""
    await shop.stocks("mug", 5)
    await shop.stocks("cup", 5)
    await shop.holds({"mug": 2}, new_id())
    environ = environment_of(settings)
    runs = [await events_of(shop)]
    outputs = []

    for _ in range(2):
        await sends(shop)
        outputs.append((await command(environ, "republish", "--company", str(shop.company_id))).stdout)
        runs.append(await events_of(shop))

    assert outputs == ["5 events written to the outbox\n"] * 2
    assert len({tuple((type(event.data), event.aggregate_id, event.version) for event in run) for run in runs}) == 1
    assert [len({event.event_id for event in run} - {event.event_id for event in runs[0]}) for run in runs] == [0, 5, 5]
    assert [event.data.variants[0].available for event in runs[2] if isinstance(event.data, ProductChanged)] == [3, 5]


async def test_no_transaction_covers_more_than_a_page(settings: ServiceSettings, shop: Shop) -> None:
    """However many products there are, memory, locks and the age of the oldest transaction stay those of 500."""
    await puts_many(shop, 700)

    done = await command(environment_of(settings), "republish", "--company", str(shop.company_id))

    events = await events_of(shop)
    assert done.stdout == "1400 events written to the outbox\n"
    assert Counter(type(event.data) for event in events) == {ProductChanged: 700, StockChanged: 700}
    assert max(Counter(event.transaction for event in events).values()) == 500


async def test_a_run_that_is_killed_goes_on_where_it_was(settings: ServiceSettings, shop: Shop, tmp_path: Path) -> None:
    """It waits for the worker while 2,000 events wait, says so and where it is; nothing is then written twice."""
    await puts_many(shop, 1100)
    environ, company, said = environment_of(settings), ("--company", str(shop.company_id)), tmp_path / "stderr"

    async def place() -> re.Match[str] | None:
        return re.search(r"^(\d+) events, waits for the worker .*; --after (\S+)$", said.read_text(), re.MULTILINE)

    with said.open("w") as stderr:
        run = await create_subprocess_exec(
            sys.executable, "-m", "inventory", "republish", *company, env=environ, stderr=stderr
        )
        try:
            printed = await poll(place)
        finally:
            run.kill()
            await run.wait()
    assert printed is not None
    before = {event.aggregate_id: event for event in await events_of(shop)}
    await sends(shop)
    rest = await command(environ, "republish", *company, "--after", printed[2])

    events = await events_of(shop)
    assert (int(printed[1]), len(before), rest.stdout) == (2100, 2100, "100 events written to the outbox\n")
    assert Counter(type(event.data) for event in events) == {ProductChanged: 1100, StockChanged: 1100}


async def test_a_cursor_of_another_company_is_refused(settings: ServiceSettings, shop: Shop) -> None:
    """So is what is none: the run is not begun."""
    environ, other = environment_of(settings), new_id()

    for after in (f"{other}/products/{new_id()}", f"{shop.company_id}/orders/{new_id()}", "products"):
        refused = await command(environ, "republish", "--company", str(shop.company_id), "--after", after)
        assert refused.exit_code == 2

    assert await events_of(shop) == []


async def test_a_change_beside_it_is_the_newer_one(shop: Shop) -> None:
    """What was read before a change and written after it has the older version, which no replica takes."""
    await shop.stocks("mug", 5)
    async with shop.database.unit(shop.company_id) as unit:
        read = await stock.current_events(unit, None, 500)
        await shop.adjusts("mug", delta=-2)
        await outbox.republish(unit, *read)

    events = await published(shop.database, StockChanged)
    latest = max((event for event in events if event.company_id == shop.company_id), key=lambda event: event.version)

    assert isinstance(latest.data, StockChanged)
    assert latest.data.available == 3
    assert [event.version for event in read] < [latest.version]
