"""Carts by the thousand: that they are written whole, and that what is asked of one company reads no other's."""

import json
import re
from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from cart.carts.persistence import carts, cleanup, timers
from cart.carts.persistence.selectors import Selector
from cart.main import SERVICE
from cart.staff import repository
from cart.staff.domain import Filters
from localservers.servers import Servers
from rich.console import Console
from servicekit.db import Database, SystemUnit, TenantUnit
from servicekit.ids import new_id
from servicekit.roles.service import AnyService
from servicekit.testing.databases import PoolSettings, fresh_database

from bench.growth import seeding
from bench.growth.seeding import BATCH, LARGEST, LARGEST_SITE, seed

CARTS = 20_000
COMPANIES = 100
BIG = {"carts", "cart_items", "cart_sessions", "cart_activity"}
QUIET = Console(quiet=True)


@pytest.fixture(scope="module")
def service() -> AnyService:
    """The service whose database is filled."""
    return SERVICE


@pytest.fixture(scope="module")
async def full(servers: Servers, service: AnyService) -> AsyncGenerator[Database]:
    """A database with many carts of many companies, whose planner knows how many."""
    async with fresh_database(servers.postgres_url, service) as url:
        await seed(_as_superuser(servers, url), CARTS, companies=COMPANIES, console=QUIET)
        database = await Database.open(PoolSettings(url), service="cart")
        yield database
        await database.close()


def _as_superuser(servers: Servers, url: str) -> str:
    return urlsplit(servers.postgres_url)._replace(path=urlsplit(url).path).geturl()


class Explainer:
    """In the place of a unit's connection: it explains each statement instead of running it, and finds nothing.

    Each is planned for its arguments, and for any: what the server does with a statement that it has seen five times.
    """

    def __init__(self, unit: TenantUnit | SystemUnit) -> None:
        self._connection = unit.connection
        self.plans: list[tuple[str, dict[str, Any]]] = []

    async def fetch(self, sql: str, *args: object, timeout: float | None = None) -> list[Any]:  # noqa: ASYNC109  # as the driver
        """Keep both plans."""
        for_these = await self._connection.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *args)
        await self._connection.execute(f"SET LOCAL plan_cache_mode = force_generic_plan; PREPARE asked AS {sql}")
        nulls = ", ".join(["NULL"] * len(set(re.findall(r"\$\d+", sql))))
        for_any = await self._connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked ({nulls})")
        await self._connection.execute("DEALLOCATE asked")
        self.plans += [(sql, json.loads(plan)[0]["Plan"]) for plan in (for_these, for_any)]
        return []

    async def fetchrow(self, sql: str, *args: object, timeout: float | None = None) -> None:  # noqa: ASYNC109  # as the driver
        """As `fetch`."""
        await self.fetch(sql, *args)

    fetchval = fetchrow


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _scanned(explainer: Explainer) -> list[str]:
    """The large tables that a statement reads from their start to their end."""
    found = []
    for sql, plan in explainer.plans:
        for node in _nodes(plan):
            whole = node["Node Type"] == "Seq Scan"
            if whole and node["Relation Name"] in BIG:
                found.append(f"{node['Relation Name']} in {' '.join(sql.split())[:80]}")
    return found


async def test_a_seed_is_whole_and_is_not_written_twice(full: Database, servers: Servers) -> None:
    """Every cart has lines, figures agree, and a second call finds its work done."""
    assert BATCH >= CARTS
    async with full.system_unit() as unit:
        rows = await unit.fetch("SELECT status, count(*) AS n FROM carts GROUP BY status")
        without = await unit.fetchval(
            "SELECT count(*) FROM carts c WHERE NOT EXISTS (SELECT FROM cart_items i WHERE i.cart_id = c.id)"
        )
        counted = await unit.fetchval("SELECT sum(carts) FROM cart_counts")
        largest = await unit.fetchval("SELECT count(*) FROM carts WHERE company_id = $1", LARGEST)

    assert sum(row["n"] for row in rows) == counted == CARTS
    assert {row["status"] for row in rows} == {"ACTIVE", "ABANDONED", "CONVERTED", "EXPIRED", "MERGED"}
    assert without == 0
    assert largest > CARTS / 10


async def test_an_ended_seed_is_gone_on_with(
    servers: Servers, service: AnyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Indexes that stood aside are built by the call that ends whole, as they were."""

    async def fails(*_: object) -> None:
        raise ConnectionError

    async with fresh_database(servers.postgres_url, service) as url:
        address = _as_superuser(servers, url)
        as_made = await _indexes(address)
        with monkeypatch.context() as patched:
            patched.setattr(seeding, "_finish", fails)
            with pytest.raises(ConnectionError):
                await seed(address, 1_000, companies=COMPANIES, console=QUIET)
        aside = await _indexes(address)

        await seed(address, 1_000, companies=COMPANIES, console=QUIET)

        assert set(aside) < set(as_made)
        assert await _indexes(address) == as_made


async def _indexes(url: str) -> dict[str, str]:
    connection = await asyncpg.connect(url)
    found = await connection.fetch("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    await connection.close()
    return {row["indexname"]: row["indexdef"] for row in found}


async def test_no_question_about_one_company_reads_all_carts(full: Database) -> None:
    """Adds and reads of a cart, staff's lists and numbers, clean-up: each goes by an index."""
    async with full.unit(LARGEST) as unit:
        explainer = _explaining(unit)
        for selector in (
            Selector.by_id(new_id()),
            Selector.by_session(b"no token"),
            Selector.by_customer("customer 7", None),
            Selector.by_customer_and_id("customer 7", new_id()),
            Selector.for_sign_in(b"no token", "customer 7"),
        ):
            await carts.load(unit, selector)
        for site_id in (None, LARGEST_SITE):
            for customer_id, visitor_id in ((None, None), ("customer 7", None), (None, "visitor 7")):
                for status in (None, "ABANDONED"):
                    filters = Filters(status, site_id, customer_id, visitor_id)
                    await repository.page(unit, filters, new_id(), 51)
        await repository.timeline(unit, new_id(), None, 51)
        with pytest.raises(LookupError):
            await repository.counts(unit, None, "USD")
        await cleanup.read_window(unit, "ABANDONED", datetime.now(UTC), new_id(), 200)

    assert _scanned(explainer) == []


async def _sorted_lists(unit: TenantUnit) -> list[str]:
    """The lists of staff's that are sorted before a page is taken, instead of read in their order."""
    middle = await unit.fetchval(_MIDDLE, LARGEST, CARTS // 20)
    found, explainer = [], _explaining(unit)
    for site_id in (None, LARGEST_SITE):
        for status in (None, "ABANDONED"):
            for before in (None, middle):
                await repository.page(unit, Filters(status, site_id, None, None), before, 51)
                nodes = [node["Node Type"] for _, plan in explainer.plans for node in _nodes(plan)]
                explainer.plans.clear()
                if "Sort" in nodes:
                    found.append(f"site {site_id}, status {status}, before {before}")
    return found


_MIDDLE = "SELECT id FROM carts WHERE company_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 1"


async def test_no_page_of_a_list_is_sorted_out_of_all_carts(full: Database) -> None:
    """Each is read in its order, from where it begins, for as many rows as it has."""
    async with full.unit(LARGEST) as unit:
        assert await _sorted_lists(unit) == []


async def test_a_sorted_list_is_found(full: Database) -> None:
    """Without what the planner knows of sites it expects few carts of one, and sorts them all."""
    with pytest.raises(_Sorted):
        await _look_without_statistics(full)


async def _look_without_statistics(full: Database) -> None:
    async with full.unit(LARGEST) as unit:
        await unit.execute("DROP STATISTICS carts_of_sites; ANALYZE carts")
        if found := await _sorted_lists(unit):
            raise _Sorted(found)


class _Sorted(Exception):
    """Ends the transaction without its effects."""


async def test_no_timer_reads_all_carts(full: Database) -> None:
    """What is due is found by the index of its moment, over all companies."""
    async with full.system_unit() as unit:
        explainer = _explaining(unit)
        for timer in (timers.FOR_ABANDONMENT, timers.FOR_EXPIRY):
            await timers.due(unit, timer, datetime.now(UTC), 200)

    assert _scanned(explainer) == []


async def test_a_question_without_an_index_is_found(full: Database) -> None:
    """The guard can fail: a list by a column that no index has."""
    async with full.unit(LARGEST) as unit:
        explainer = _explaining(unit)
        await unit.fetch("SELECT id FROM carts WHERE updated_at > $1 AND currency = $2", datetime.now(UTC), "USD")

    assert len(_scanned(explainer)) >= 1


def _explaining(unit: TenantUnit | SystemUnit) -> Explainer:
    explainer = Explainer(unit)
    unit.connection = explainer  # type: ignore[assignment]  # it answers to what a unit calls
    return explainer
