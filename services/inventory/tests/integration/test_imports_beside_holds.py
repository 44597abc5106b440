"""An import takes a catalogue in by short transactions, and lets shoppers pass."""

import io
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from inventory.imports.domain.report import Report
from inventory.imports.use_cases.import_file import IN_THE_WAY, import_file
from inventory.imports.use_cases.pace import LONGEST_REST_SECONDS, Pace
from servicekit.db import Database
from servicekit.db.units import TenantUnitContext
from servicekit.ids import new_id

from .importing import counts, imports, json_lines, mug, shelf
from .shop import Shop

MOST_ROWS = 100
"""Variants, and so stock rows, that one transaction of an import may write or lock."""


def catalogue(products: int, variants: int, *, prefix: str = "p", stock: int = 5) -> bytes:
    """A file of so many products with so many variants each."""
    return json_lines(*(_product(f"{prefix}{number}", variants, stock) for number in range(products)))


def _product(handle: str, variants: int, stock: int) -> dict[str, Any]:
    skus = [f"{handle}-{place}" for place in range(variants)]
    return mug(handle=handle, variants=[{"sku": sku, "prices": {"USD": 1}, "stock": stock} for sku in skus])


async def rows_by_transaction(shop: Shop, table: str) -> list[int]:
    """How many of the company's rows each transaction wrote last."""
    async with shop.database.unit(shop.company_id) as unit:
        rows = await unit.fetch(
            f"SELECT count(*) AS rows FROM {table} WHERE company_id = $1 GROUP BY xmin::text", shop.company_id
        )
    return [row["rows"] for row in rows]


async def test_twenty_thousand_rows_come_in_short_transactions(shop: Shop) -> None:
    """None writes, or keeps locked, more stock rows than those of a hundred variants."""
    await imports(shop, catalogue(2_000, 10))

    made = {table: await rows_by_transaction(shop, table) for table in ("products", "variants", "stock_levels")}
    assert sum(made["variants"]) == 20_000
    assert {table: max(rows) for table, rows in made.items()} == {
        "products": MOST_ROWS // 10,
        "variants": MOST_ROWS,
        "stock_levels": MOST_ROWS,
    }
    assert max(await rows_by_transaction(shop, "outbox")) == MOST_ROWS + MOST_ROWS // 10


async def test_counting_stock_locks_few_rows_at_a_time(shop: Shop) -> None:
    """A file that changes numbers alone locks the rows that holds need."""
    await imports(shop, catalogue(200, 10))

    report = await imports(shop, catalogue(200, 10, stock=7))

    locked = await rows_by_transaction(shop, "stock_levels")
    assert (max(locked), sum(locked)) == (MOST_ROWS, 2_000)
    assert counts(report) == (0, 200, 0, 0)


async def test_a_product_of_many_variants_is_a_transaction_of_its_own(shop: Shop) -> None:
    """It is written whole or not at all, and nothing else waits for it."""
    await imports(shop, catalogue(1, 1) + catalogue(2, 200, prefix="q"))

    assert sorted(await rows_by_transaction(shop, "variants")) == [1, 200, 200]


class Killed(Exception):
    """The process ended here."""


async def test_what_a_killed_import_has_written_is_whole_and_the_same_file_does_the_rest(shop: Shop) -> None:
    """Batch by batch: products with their variants, stock and events, or nothing of them."""
    file = catalogue(70, 2)

    def progress(report: Report) -> None:
        if report.total == 50:
            raise Killed

    with pytest.raises(Killed):
        await import_file(shop.database, shop.company_id, io.BytesIO(file), "application/x-ndjson", progress)
    written = await shelf(shop)
    again = await imports(shop, file)

    assert {handle: list(whole.available.values()) for handle, whole in written.items()} == {
        f"p{number}": [5, 5] for number in range(50)
    }
    assert counts(again) == (20, 0, 50, 0)


async def test_a_hold_passes_between_two_batches(shop: Shop) -> None:
    """While an import is under way nothing of it stays locked: a hold of what it has counted is placed at once."""
    await imports(shop, catalogue(240, 1))
    shop.variants["p0"] = (await shelf(shop))["p0"].variants[0].id
    placed = []

    class Meeting(Pace):
        """An import that a shopper meets after each batch."""

        async def rest(self) -> None:
            placed.append(await shop.holds({"p0": 1}, new_id()))
            await super().rest()

    await import_file(
        shop.database,
        shop.company_id,
        io.BytesIO(catalogue(240, 1, stock=9)),
        "application/x-ndjson",
        pace=Meeting(shop.database),
    )

    assert len(placed) == 3
    assert await shop.counts("p0") == (9, 3)


@pytest.mark.parametrize("failure", IN_THE_WAY)
async def test_a_batch_that_others_are_in_the_way_of_is_written_again(shop: Shop, failure: type[Exception]) -> None:
    """No free connection, or locks that others keep: the import goes on with the same batch."""
    opened: list[UUID] = []

    def unit(company_id: UUID) -> TenantUnitContext:
        opened.append(company_id)
        if len(opened) == 2:
            raise failure
        return shop.database.unit(company_id)

    contended = cast("Database", SimpleNamespace(unit=unit, tenant_units=0))
    report = await import_file(
        contended, shop.company_id, io.BytesIO(catalogue(130, 1)), "application/x-ndjson", currency="USD"
    )

    assert counts(report) == (130, 0, 0, 0)
    assert len(opened) == 3


async def test_a_big_file_comes_in_batches(shop: Shop) -> None:
    """Some products are bad: every one is counted, and progress is reported between batches."""

    def rows() -> Iterator[dict[str, Any]]:
        for number in range(290):
            price = {"USD": number} if number % 10 else {}
            yield mug(handle=f"p{number}", variants=[{"sku": f"S{number}", "prices": price, "stock": number}])

    seen: list[int] = []

    report = await import_file(
        shop.database,
        shop.company_id,
        io.BytesIO(json_lines(*rows())),
        "application/x-ndjson",
        lambda report: seen.append(report.total),
    )

    assert counts(report) == (261, 0, 0, 29)
    assert seen == [100, 200, 290]


class Others:
    """A database that others use: each sleep is noted, and the clock stands at `now`."""

    def __init__(self, *, busy_for: int = 0) -> None:
        self.tenant_units = 0
        self.now = 0.0
        self.slept: list[float] = []
        self._busy_for = busy_for

    @property
    def is_busy(self) -> bool:
        """Whether every connection is in use still, after so many sleeps."""
        return len(self.slept) <= self._busy_for

    def unit(self, company_id: UUID) -> TenantUnitContext:
        """Count a unit, of whomever; nothing in these tests enters it."""
        self.tenant_units += 1
        return cast("TenantUnitContext", None)

    async def sleep(self, seconds: float) -> None:
        """Note it."""
        self.slept.append(seconds)

    def pace(self) -> Pace:
        """The pace of an import that begins here."""
        return Pace(self, self.sleep, lambda: self.now)


@pytest.mark.parametrize(
    ("worked", "busy_for", "rests"), [(0.1, 0, [0.1]), (0.1, 2, [0.1, 0.02, 0.02]), (60.0, 99, [LONGEST_REST_SECONDS])]
)
async def test_beside_others_an_import_rests_as_long_as_it_worked(
    worked: float, busy_for: int, rests: list[float]
) -> None:
    """And longer while every connection is in use, but never for good."""
    others = Others(busy_for=busy_for)
    pace = others.pace()
    pace.unit(new_id())
    others.unit(new_id())
    others.now += worked

    await pace.rest()

    assert others.slept == rests


async def test_an_import_that_meets_nobody_does_not_rest() -> None:
    """Its own units are no others, whichever batch they were of."""
    others = Others(busy_for=99)
    pace = others.pace()
    others.unit(new_id())
    await pace.rest()
    met = len(others.slept)
    for _ in range(3):
        pace.unit(new_id())
        pace.unit(new_id())
        others.now += 1.0
        await pace.rest()

    assert met > 0
    assert len(others.slept) == met


async def test_an_import_goes_on_under_any_load() -> None:
    """A database that is always busy is waited for two seconds after a batch."""
    others = Others(busy_for=1_000)
    pace = others.pace()
    others.unit(new_id())
    others.now += 0.5

    await pace.rest()

    assert sum(others.slept) == pytest.approx(LONGEST_REST_SECONDS, abs=0.05)
