"""Erasing a customer from carts, also one who shops at that moment (rules.md 35)."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from cart.erasures import service
from cart.erasures.domain import SERVICES
from cart.erasures.service import ErasureKeys
from cart.parts import Parts
from cart.rules.service import CompiledRulesCache
from cart.settings import CartSettings
from cart.streams.clients import HintSender
from cart.streams.use_cases.announce_changes import ChangeAnnouncer
from cart.subscriptions import subscriptions
from contracts.cart import CartExpired
from contracts.erasure import CustomerErasureRequested
from servicekit.db import Database
from servicekit.messaging.erasing import ChassisEraser, sealer_of_customers
from servicekit.sealing import Sealer
from servicekit.testing.outbox import published

from ..erasing import carry_out, of_company, requests, tables_with
from ..shop import Customer, Shop
from ..wishing import Wisher

PATH = "/api/admin/customers"


@pytest.fixture
def keys(settings: CartSettings) -> ErasureKeys:
    """The keys of the service, whose handlers get what a worker gives them."""

    async def no_counts(_: str) -> None:
        """Nothing is counted here."""

    sealing = sealer_of_customers(settings.service_token_secret)
    unheeded = SimpleNamespace(send=lambda hints: None)
    announcer = ChangeAnnouncer(cast(HintSender, unheeded))
    parts = cast(Parts, SimpleNamespace(rules=CompiledRulesCache(), announcer=announcer))
    subscriptions.bind(parts, ChassisEraser(sealing, no_counts))
    return ErasureKeys(Sealer(settings.seal_key), sealing)


@pytest.fixture
def canary(company_id: UUID) -> str:
    """A customer whose id stands nowhere else."""
    return f"canary-{company_id.hex}"


async def customer_with(shop: Shop, customer_id: str, **lines: int) -> Customer:
    """A customer with an open cart of these skus, under idempotency keys."""
    customer = Customer(shop.customer(customer_id))
    await shop.client.post(
        "/api/cart", json={"visitorId": customer_id}, headers={**customer.headers, "idempotency-key": "open"}
    )
    for sku, quantity in lines.items():
        answer = await shop.add(customer, sku, quantity, **{"idempotency-key": f"add-{sku}"})
        assert answer.is_success, answer.text
    return customer


async def erase(shop: Shop, customer_id: str) -> dict[str, Any]:
    """The answer to the request."""
    answer = await shop.client.delete(f"{PATH}/{customer_id}", headers=shop.staff())
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


async def let_a_day_pass(shop: Shop) -> None:
    """As if the erasures had been requested a day before."""
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE erasures SET watched_until = now() - interval '1 second'")


async def progress(shop: Shop, customer_id: str) -> dict[str, Any]:
    """How far the erasure is."""
    return dict((await shop.client.get(f"{PATH}/{customer_id}/erasure", headers=shop.staff())).json())


async def test_a_customer_is_in_no_table_any_more(shop: Shop, keys: ErasureKeys, canary: str) -> None:
    """Nor what they wrote; the search finds them before. The open cart ends as one whose time is over."""
    customer = await customer_with(shop, canary)
    body = {"productId": str(shop.products["mug"][0]), "quantity": 1, "meta": {"engraving": f"for {canary}"}}
    made = await shop.client.post("/api/cart/items", json=body, headers=customer.headers)
    line = made.json()["items"][0]["id"]
    assert (await shop.client.post(f"/api/cart/save-for-later/{line}", headers=customer.headers)).is_success
    assert (await shop.client.post("/api/cart/items", json=body, headers=customer.headers)).is_success
    before = await tables_with(shop, canary)

    await erase(shop, canary)
    await carry_out(shop)

    assert {"carts", "cart_items", "saved_cart_items", "idempotency_keys"} <= set(before)
    assert await tables_with(shop, canary) == []
    assert len([event for event in await published(shop.database, CartExpired) if of_company(shop)(event)]) == 1
    assert (await shop.client.get("/api/cart", headers=customer.headers)).status_code == 404


async def test_the_lists_of_a_customer_are_erased(shop: Shop, keys: ErasureKeys, canary: str) -> None:
    """Notes and all; what they wish for afterwards is found by the job."""
    await Wisher.customer(shop, canary).wishes("mug", note=f"for {canary}")
    before = await tables_with(shop, canary)

    await erase(shop, canary)
    await carry_out(shop)
    after = await tables_with(shop, canary)
    await Wisher.customer(shop, canary).wishes("mug")
    while await service.erase_latecomers(shop.database, keys):
        await carry_out(shop)

    assert {"wishlists", "wishlist_items"} <= set(before)
    assert after == []
    assert await tables_with(shop, canary) == []


async def test_the_order_of_a_customer_keeps_its_amounts(shop: Shop, keys: ErasureKeys, canary: str) -> None:
    """What was sold, for how much, under which order; and staff can still read the cart."""
    customer = await customer_with(shop, canary, mug=2)
    cart = (await shop.client.get("/api/cart", headers=customer.headers)).json()
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute(
            "UPDATE carts SET status = 'CONVERTED', order_id = 'A-1', ordered = $2 WHERE id = $1",
            UUID(cart["id"]),
            {**cart, "status": "CONVERTED", "explanation": {}},
        )

    await erase(shop, canary)
    await carry_out(shop)

    read = (await shop.client.get(f"/api/admin/carts/{cart['id']}", headers=shop.staff())).json()
    assert await tables_with(shop, canary) == []
    assert (read["customerId"], read["totals"]) == (None, cart["totals"])
    assert [(line["sku"], line["quantity"]) for line in read["items"]] == [("mug", 2)]


async def test_progress_is_shown_service_by_service(shop: Shop, keys: ErasureKeys, canary: str) -> None:
    """It is over when the last has answered; asked for again meanwhile, nothing is requested twice."""
    await customer_with(shop, canary, mug=1)
    first = await erase(shop, canary)
    await carry_out(shop, answering=tuple(name for name in SERVICES if name != "recovery"))
    again = await erase(shop, canary)
    half = await progress(shop, canary)
    await carry_out(shop)
    over = await progress(shop, canary)

    assert len(await requests(shop)) == 1
    assert first["id"] == again["id"] == over["id"]
    assert (first["state"], half["state"], over["state"]) == ("PENDING", "PENDING", "ERASED")
    assert [one["service"] for one in half["services"] if one["state"] == "PENDING"] == ["recovery"]
    assert over["completedAt"]


async def test_nobody_asked_for_it(shop: Shop, keys: ErasureKeys, canary: str) -> None:
    """A customer of whom no erasure was requested, and somebody who may only look."""
    answer = await shop.client.get(f"{PATH}/{canary}/erasure", headers=shop.staff())
    refused = await shop.client.delete(f"{PATH}/{canary}", headers=shop.staff("support"))

    assert (answer.status_code, refused.status_code) == (404, 403)
    assert await requests(shop) == []


async def test_a_guests_cart_that_went_into_theirs_is_erased_too(shop: Shop, keys: ErasureKeys, canary: str) -> None:
    """Its session opens nothing, and recovery learns of it."""
    customer = await customer_with(shop, canary, mug=1)
    guest = await shop.guest_cart({"mug": 1})
    body = {"sessionToken": guest.token}
    merged = await shop.client.post("/api/cart/merge", json=body, headers=customer.headers)
    assert merged.is_success, merged.text

    await erase(shop, canary)
    await carry_out(shop)

    (request,) = await requests(shop)
    assert isinstance(request.data, CustomerErasureRequested)
    assert UUID(guest.cart_id) in request.data.cart_ids
    assert (await shop.client.get("/api/public/cart", headers=guest.headers)).status_code == 404


async def test_who_shops_at_the_same_moment_is_erased_too(shop: Shop, keys: ErasureKeys, canary: str) -> None:
    """Carts are opened and filled while it is carried out: the next runs of the job leave none of them."""
    customer = await customer_with(shop, canary, mug=1)

    async def shops_on(*numbers: int) -> None:
        for number in numbers:
            await shop.client.post("/api/cart", json={}, headers=customer.headers)
            await shop.add(customer, "mug", 1, **{"idempotency-key": f"again-{number}"})

    shopping = asyncio.create_task(shops_on(1, 2, 3, 4))
    await erase(shop, canary)
    await carry_out(shop)
    await shopping
    await shops_on(5)  # in any case somebody comes late
    late = bool(await tables_with(shop, canary))
    while await service.erase_latecomers(shop.database, keys):
        await carry_out(shop)

    assert late
    assert await tables_with(shop, canary) == []


async def test_the_id_is_given_up_when_nobody_watches_any_more(shop: Shop, keys: ErasureKeys, canary: str) -> None:
    """After a day nothing is left by which the customer could be named; the record of the erasure stays."""
    await erase(shop, canary)
    await carry_out(shop)
    await let_a_day_pass(shop)

    await service.erase_latecomers(shop.database, keys)

    async with shop.database.unit(shop.company_id) as unit:
        assert await unit.fetchval("SELECT count(*) FROM erasures WHERE customer_sealed IS NULL") == 1
    assert (await progress(shop, canary))["state"] == "ERASED"


async def test_what_came_before_the_day_was_over_is_erased_after_it(shop: Shop, keys: ErasureKeys, canary: str) -> None:
    """The job was away when the day ended; a service was away for longer than a day. The id is kept for as long."""
    customer = await customer_with(shop, canary, mug=1)
    await erase(shop, canary)
    await carry_out(shop, answering=SERVICES[1:])
    await shop.client.post("/api/cart", json={}, headers=customer.headers)
    await let_a_day_pass(shop)

    waiting = await service.erase_latecomers(shop.database, keys)
    await carry_out(shop)
    while await service.erase_latecomers(shop.database, keys):
        await carry_out(shop)

    assert waiting == 1
    assert await tables_with(shop, canary) == []
    async with shop.database.unit(shop.company_id) as unit:
        assert await unit.fetchval("SELECT count(*) FROM erasures WHERE customer_sealed IS NOT NULL") == 0


async def test_a_seal_of_another_secret_keeps_nobody_else_from_being_erased(
    shop: Shop, keys: ErasureKeys, canary: str
) -> None:
    """The services' secret was changed: cart erases by carts nevertheless, and looks at those that it can read."""
    customer = await customer_with(shop, canary, mug=1)
    await erase(shop, f"{canary}-of-before")
    await erase(shop, canary)
    async with shop.database.unit(shop.company_id) as unit:
        broken = "UPDATE erasures SET customer_sealed = 'AAAA' WHERE id = (SELECT min(id::text)::uuid FROM erasures)"
        await unit.execute(broken)
        await unit.execute("UPDATE outbox SET data = jsonb_set(data, '{customerSealed}', '\"AAAA\"')")
    await carry_out(shop)
    await shop.client.post("/api/cart", json={}, headers=customer.headers)

    assert await service.erase_latecomers(shop.database, keys) == 1
    assert (await progress(shop, f"{canary}-of-before"))["state"] == "ERASED"


async def test_another_companys_customer_of_that_name_stays(
    shop: Shop, keys: ErasureKeys, canary: str, database: Database
) -> None:
    """An id belongs to a company."""
    other = await Shop.open(shop.client, database)
    theirs = await customer_with(other, canary, mug=1)
    await customer_with(shop, canary, mug=1)

    await erase(shop, canary)
    await carry_out(shop)

    assert (await shop.client.get("/api/cart", headers=theirs.headers)).json()["items"]
