"""Signing in while one of the two carts changes or ends: what holds when the lock is got counts (rules.md 11)."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx
import pytest
from cart.carts.persistence import carts, orders
from cart.carts.persistence.carts import LostRace
from servicekit.testing.polling import poll

from ..shop import Guest, Shop
from .test_customers import customer_cart
from .test_ordering import order


class Gate:
    """A conversion that waits just before its commit."""

    def __init__(self) -> None:
        self.reached, self.open = asyncio.Event(), asyncio.Event()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Every conversion waits until it is opened."""
    gate, keep = Gate(), orders.keep_order_record

    async def wait(*args: Any) -> None:
        await keep(*args)
        gate.reached.set()
        await gate.open.wait()

    monkeypatch.setattr(orders, "keep_order_record", wait)
    return gate


def merge(shop: Shop, guest: Guest, **headers: str) -> Coroutine[Any, Any, httpx.Response]:
    """The sign-in of the customer with the guest's cart."""
    body = {"sessionToken": guest.token}
    return shop.client.post("/api/cart/merge", json=body, headers={**shop.customer(), **headers})


async def merged_behind(
    shop: Shop, gate: Gate, ordering: Coroutine[Any, Any, httpx.Response], guest: Guest, **headers: str
) -> httpx.Response:
    """Sign in while the order waits before its commit, and let it commit once the sign-in waits for it."""
    ordered = asyncio.create_task(ordering)
    await gate.reached.wait()
    merging = asyncio.create_task(merge(shop, guest, **headers))
    await poll(lambda: somebody_waits(shop))
    gate.open.set()
    assert (await ordered).status_code == 200
    return await merging


@pytest.mark.parametrize("key", [None, "k-1"])
@pytest.mark.parametrize(("partial", "lines"), [(False, {"bowl": 1}), (True, {"mug": 1, "bowl": 1})])
async def test_a_sign_in_behind_the_order_of_the_customers_cart(
    shop: Shop, gate: Gate, partial: bool, lines: dict[str, int], key: str | None
) -> None:
    """The guest's cart is united with the rest of the order, or becomes the customer's where nothing is left."""
    await shop.stock("bowl", price=2400)
    await customer_cart(shop, {"mug": 3})
    mine = (await shop.client.get("/api/cart", headers=shop.customer())).json()
    guest = await shop.guest_cart({"bowl": 1})
    body = {"lines": [{"lineId": mine["items"][0]["id"], "quantity": 2}]} if partial else {}
    headers = {"Idempotency-Key": key} if key else {}

    merged = await merged_behind(shop, gate, order(shop, Guest(mine["id"], "", {}), "A-1", **body), guest, **headers)

    assert merged.status_code == 200, merged.text
    assert await shop.lines(shop.customer()) == lines


async def test_a_sign_in_behind_a_partial_order_of_the_guests_cart(shop: Shop, gate: Gate) -> None:
    """The token opens the rest of the order by then, which is what is merged."""
    await shop.stock("bowl", price=2400)
    await customer_cart(shop, {"mug": 3})
    guest = await shop.guest_cart({"bowl": 2})
    line = (await shop.read(guest))["items"][0]["id"]

    merged = await merged_behind(shop, gate, order(shop, guest, "A-1", lines=[{"lineId": line, "quantity": 1}]), guest)

    assert merged.status_code == 200, merged.text
    assert await shop.lines(shop.customer()) == {"mug": 3, "bowl": 1}


async def test_a_sign_in_behind_the_expiry_of_the_customers_cart(shop: Shop) -> None:
    """The guest's cart becomes the customer's: there is no other open one."""
    await shop.stock("bowl", price=2400)
    await customer_cart(shop, {"mug": 3})
    mine = (await shop.client.get("/api/cart", headers=shop.customer())).json()["id"]
    guest = await shop.guest_cart({"bowl": 1})

    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE carts SET status = 'EXPIRED', version = version + 1 WHERE id = $1", mine)
        merging = asyncio.create_task(merge(shop, guest))
        await poll(lambda: somebody_waits(shop))
    merged = await merging

    assert merged.status_code == 200, merged.text
    assert await shop.lines(shop.customer()) == {"bowl": 1}


async def test_lost_races_are_no_answer_to_keep(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who gave up because others were faster may call again under the same key (rules.md 10)."""
    guest = await shop.guest_cart({"mug": 1})

    async def lose(*_: object) -> None:
        raise LostRace

    with monkeypatch.context() as patched:
        patched.setattr(carts, "save", lose)
        given_up = await merge(shop, guest, **{"Idempotency-Key": "k-1"})
    again = await merge(shop, guest, **{"Idempotency-Key": "k-1"})

    assert (given_up.status_code, given_up.json()["code"]) == (409, "CONFLICT")
    assert again.status_code == 200, again.text


@pytest.mark.parametrize("changed", ["guest", "customer", "both"])
@pytest.mark.parametrize("older", ["guest", "customer"])
async def test_a_sign_in_waits_for_changes_of_either_cart_in_a_shop_with_many(
    shop: Shop, older: str, changed: str
) -> None:
    """Whichever cart is held by a change that commits meanwhile, both are found again and united."""
    await fill_with_others(shop)
    guest = await shop.guest_cart({"mug": 1}) if older == "guest" else None
    made = await shop.client.post("/api/cart", json={}, headers=shop.customer())
    guest = guest or await shop.guest_cart({"mug": 1})
    held = {"guest": [guest.cart_id], "customer": [made.json()["id"]], "both": [guest.cart_id, made.json()["id"]]}

    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE carts SET version = version + 1 WHERE id = ANY($1)", held[changed])
        merge = asyncio.create_task(
            shop.client.post("/api/cart/merge", json={"sessionToken": guest.token}, headers=shop.customer())
        )
        await poll(lambda: somebody_waits(shop))
    merged = await merge

    assert merged.status_code == 200, merged.text
    assert await shop.lines(shop.customer()) == {"mug": 1}


async def fill_with_others(shop: Shop) -> None:
    """So many carts of other guests that the database does not read all of them to find two."""
    async with shop.database.system_unit() as unit:
        await unit.execute(
            """
            INSERT INTO carts (id, company_id, site_id, status, currency, version, last_activity_at, check_at,
                expiry_check_at, has_contact, created_at, updated_at)
            SELECT gen_random_uuid(), $1, $2, 'ACTIVE', 'USD', 1, now(), now() + interval '1 day',
                now() + interval '9 days', false, now(), now() FROM generate_series(1, 3000)""",
            shop.company_id,
            shop.site_id,
        )
        await unit.execute("ANALYZE carts")


async def somebody_waits(shop: Shop) -> bool:
    """Whether a statement of this database waits for a lock."""
    async with shop.database.system_unit() as unit:
        waiting = await unit.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
    return bool(waiting)
