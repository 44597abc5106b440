"""One Idempotency-Key is one request: what else comes under it takes no effect, also while both run (rules.md 10)."""

import asyncio
from typing import Any

import httpx
import pytest
from servicekit.auth.service_tokens import mint_service_token
from servicekit.testing.polling import poll
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

from ..shop import Shop

KEY = {"idempotency-key": "one-key-for-two-calls"}


async def site_of_another_name(shop: Shop) -> str:
    """A second site of the company."""
    body = {"name": "Elsewhere", "currency": "USD"}
    return str((await shop.client.post("/api/admin/sites", json=body, headers=shop.staff())).json()["id"])


async def customers_cart(shop: Shop, site_id: str) -> str:
    """The id of the customer's cart on a site."""
    made = await shop.client.post("/api/cart", json={"siteId": site_id}, headers=shop.customer())
    return str(made.json()["id"])


async def somebody_waits(shop: Shop, how_many: int) -> bool:
    """Whether so many statements of this database wait for a lock."""
    async with shop.database.system_unit() as unit:
        waiting = await unit.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
    return bool(waiting == how_many)


def reused(answer: httpx.Response) -> bool:
    """Whether the answer refuses the key to a second request."""
    return (answer.status_code, answer.json().get("code")) == (422, "IDEMPOTENCY_KEY_REUSED")


async def quantities(shop: Shop, *carts: str) -> list[int]:
    """How many pieces are in each cart, as staff read them."""
    found = [(await shop.client.get(f"/api/admin/carts/{cart}", headers=shop.staff())).json() for cart in carts]
    return [sum(line["quantity"] for line in cart["items"]) for cart in found]


@pytest.mark.parametrize("as_service", [False, True])
async def test_a_key_used_on_two_carts_at_once_changes_one(shop: Shop, as_service: bool) -> None:
    """Both have read their cart before either is saved; the second to be saved is refused and leaves its cart."""
    sites = [shop.site_id, await site_of_another_name(shop)]
    carts = [await customers_cart(shop, site) for site in sites]
    body = {"productId": str(shop.products["mug"][0]), "quantity": 1}
    paths, headers = [f"/api/cart/items?siteId={site}" for site in sites], shop.customer()
    if as_service:
        paths, body = [f"/internal/carts/{cart}/items" for cart in carts], {**body, "source": "upsell"}
        token = mint_service_token(SERVICE_TOKEN_SECRET, "upsell")
        headers = {**shop.anybody(), "authorization": f"Bearer {token}"}

    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("SELECT FROM carts WHERE id = ANY($1) FOR UPDATE", carts)
        adding = [asyncio.create_task(shop.client.post(path, json=body, headers={**headers, **KEY})) for path in paths]
        await poll(lambda: somebody_waits(shop, 2))
    answers = await asyncio.gather(*adding)

    assert sorted(answer.status_code for answer in answers) == [201, 422], [answer.text for answer in answers]
    assert [reused(answer) for answer in answers if answer.status_code == 422] == [True]
    assert sorted(await quantities(shop, *carts)) == [0, 1]


async def test_a_key_used_on_two_routes_at_once_has_one_effect(shop: Shop) -> None:
    """An add that was under way when a creation took the key changes nothing; the key stays the creation's."""
    elsewhere = await site_of_another_name(shop)
    cart = await customers_cart(shop, shop.site_id)
    body = {"productId": str(shop.products["mug"][0]), "quantity": 1}
    headers = {**shop.customer(), **KEY}

    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("SELECT FROM carts WHERE id = $1 FOR UPDATE", cart)
        adding = asyncio.create_task(shop.client.post("/api/cart/items", json=body, headers=headers))
        await poll(lambda: somebody_waits(shop, 1))
        made = await shop.client.post("/api/cart", json={"siteId": elsewhere}, headers=headers)
    added = await adding

    assert made.status_code == 201
    assert reused(added), added.text
    assert await quantities(shop, cart) == [0]


@pytest.mark.parametrize("refused_first", [False, True])
async def test_a_key_used_on_another_route_afterwards_is_refused(shop: Shop, refused_first: bool) -> None:
    """Whether the first call changed something or was refused: the key is its own for a day."""
    guest = await shop.guest_cart({"mug": 1})
    line = (await shop.read(guest))["items"][0]["id"]
    first_body: dict[str, Any] = {"quantity": 1_000 if refused_first else 2}
    headers = {**guest.headers, **KEY}

    first = await shop.client.patch(f"{guest.path}/items/{line}", json=first_body, headers=headers)
    second = await shop.client.delete(f"{guest.path}/items/{line}", headers=headers)

    assert first.status_code == (422 if refused_first else 200)
    assert reused(second), second.text
    assert await shop.lines(guest.headers) == {"mug": 1 if refused_first else 2}
