"""The service as processes: its two roles beside each other, and the commands of its command line."""

import json
import signal
from pathlib import Path
from uuid import UUID

import httpx
from contracts.inventory import HoldExpired, HoldReleased, StockChanged
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.settings import ServiceSettings
from servicekit.testing import poll, published
from servicekit.testing.processes import environment_of, free_port, running, until_ready

from .desk import Desk
from .processes import command
from .shop import Shop


async def test_an_api_and_a_worker_let_holds_expire(
    settings: ServiceSettings, database: Database, company_id: UUID
) -> None:
    """A hold of one second, placed over HTTP, ends by the worker; all of it is published; both stop at SIGTERM."""
    environ = environment_of(settings) | {"INVENTORY_HOLD_DURATION_SECONDS": "1"}
    port, health = free_port(), free_port()
    migrated = await command(environ, "migrate")
    assert migrated.exit_code == 0, migrated.output
    with (
        running("inventory", environ, "api", "--port", str(port)) as api,
        running("inventory", environ, "worker", "--health-port", str(health)) as worker,
    ):
        await until_ready(port)
        await until_ready(health)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            desk = Desk(client, company_id)
            mug = (await desk.makes("mug", stock=3))["variants"][0]["id"]
            line = {"variantId": mug, "quantity": 3}
            place = {"cartId": str(new_id()), "siteId": str(new_id()), "owner": "ada", "lines": [line]}
            placed = await desk.service("POST", "/internal/holds", place)

            async def available() -> int:
                stock = (await desk.staff("GET", "/api/admin/stock")).json()
                left: int = stock["items"][0]["available"]
                return left

            await poll(available, lambda left: left == 3)
            ended = (await desk.service("GET", f"/internal/holds/by-cart/{place['cartId']}")).json()

        await poll(lambda: unpublished(database), lambda count: count == 0)

    assert placed.json()["secondsLeft"] <= 1
    assert ended["status"] == "EXPIRED"
    assert {api.returncode, worker.returncode} <= {0, -signal.SIGTERM}
    events = await published(database, HoldExpired, StockChanged)
    assert [type(event.data) for event in events if event.company_id == company_id][-2:] == [
        HoldExpired,
        StockChanged,
    ]


async def unpublished(database: Database) -> int:
    """How many events wait in the outbox."""
    async with database.system_unit() as unit:
        count: int = await unit.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")
        return count


async def test_a_file_is_imported_from_the_command_line(
    settings: ServiceSettings, database: Database, company_id: UUID, tmp_path: Path
) -> None:
    """The report names the bad row, the status says that there was one, and what was good is there."""
    good = {"handle": "mug", "title": "Mug", "variants": [{"sku": "MUG", "prices": {"USD": 1250}}]}
    bad = {**good, "handle": "cup", "variants": [{"sku": "CUP", "prices": {"USD": "1250"}}]}
    file = tmp_path / "catalogue.jsonl"
    environ = environment_of(settings)
    arguments = ("import", str(file), "--company", str(company_id))

    file.write_text(f"{json.dumps(good)}\n{json.dumps(bad)}\n")
    mixed = await command(environ, *arguments)
    file.write_text(f"{json.dumps(good)}\n")
    clean = await command(environ, *arguments)

    assert mixed.exit_code == 1
    assert "1 created, 0 updated, 0 unchanged, 1 rejected" in mixed.stderr
    assert "variants[0].prices.USD" in mixed.stderr
    assert clean.exit_code == 0
    assert "1 unchanged" in clean.stderr
    async with database.unit(company_id) as unit:
        assert await unit.fetchval("SELECT count(*) FROM variants") == 1


async def test_a_header_that_is_none_is_named_on_the_command_line(
    settings: ServiceSettings, company_id: UUID, tmp_path: Path
) -> None:
    """A CSV file with an unknown column is not begun."""
    file = tmp_path / "catalogue.csv"
    file.write_text("product_handle,sku,colour\nmug,MUG,red\n")

    refused = await command(environment_of(settings), "import", str(file), "--company", str(company_id))

    assert refused.exit_code == 1
    assert "colour" in refused.stderr


async def test_every_hold_is_released_by_one_command(settings: ServiceSettings, shop: Shop) -> None:
    """For a rollback: not without --all, a dry run changes nothing, and then all are gone."""
    await shop.stocks("mug", 5)
    for _ in range(3):
        await shop.holds({"mug": 1}, new_id())
    environ = environment_of(settings)

    unsure = await command(environ, "release-holds")
    dry = await command(environ, "release-holds", "--all", "--dry-run")
    held = await shop.counts("mug")
    done = await command(environ, "release-holds", "--all")

    assert unsure.exit_code != 0
    assert "would be released" in dry.stdout
    assert held == (5, 3)
    assert done.exit_code == 0
    assert await shop.counts("mug") == (5, 0)
    events = [event for event in await published(shop.database, HoldReleased) if event.company_id == shop.company_id]
    assert len(events) == 3
