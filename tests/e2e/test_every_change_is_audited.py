"""Every route by which staff change something, of every service, leaves an entry with who did it (rules.md 35)."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import asyncpg
import httpx
import pytest
import uuid_utils.compat as ids
from cartwheel_client.models.cart import DeadLetterView
from cartwheel_client.models.recovery import AbandonedView
from servicekit.testing.polling import poll

from .broker import connected
from .foreign_call import Calls, ForeignCall
from .foreign_calls import foreign_calls
from .shop import Shop, open_shop
from .stack import SERVICES, Stack
from .tenant_fixture import CUSTOMER, TenantFixture, make_tenant
from .test_tenancy import operations, send

PERSONAL = ("@mail.example", CUSTOMER)
"""What the fixture's shoppers are called: the address of each ends with the first."""
SAFE = {"GET", "HEAD", "OPTIONS"}
ACTORS = {"admin": "local-admin", "platform": "local-platform"}
_LAST = "/campaigns"
"""A company has one campaign: another is made when it is deleted."""
_ENDING = ("/dismiss", "/dead-letters/replay")
"""After these a mail cannot be sent, and one dead letter alone not be replayed."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A company that owns one of everything, and how its staff change each."""

    shop: Shop
    calls: Calls


@pytest.fixture(scope="module")
async def scene(stack: Stack) -> AsyncIterator[Scene]:
    """A tenant, and a second cart of it that is abandoned and not mailed about yet."""
    async with open_shop(stack, abandonmentSeconds=1) as shop:
        await shop.merchant.remind(0, daily_cap=None)
        tenant = await make_tenant(shop)
        await shop.merchant.remind(3600, 7200)
        tenant = replace(tenant, recovery_id=await _waiting_recovery(shop))
        yield Scene(shop, {**foreign_calls(tenant, tenant.variant_id), **_own_calls(tenant)})
        for service in SERVICES:
            await poll(partial(_dead_letters, shop, service), bool)
        async with connected(stack) as broker:
            await broker.drop_dead_letters(tenant.dead_letters)


async def _dead_letters(shop: Shop, service: str) -> list[DeadLetterView]:
    """Those of the company; what was replayed fails again."""
    return (await shop.staff.operations.list_dead_letters(service)).items


async def _waiting_recovery(shop: Shop) -> str:
    guest = shop.guest()
    await guest.opens_a_cart()
    await guest.leaves(shop.address("ida"))
    cart = await guest.adds("mug")

    async def look() -> list[AbandonedView]:
        entries = (await shop.staff.recovery.list_abandoned()).items
        return [entry for entry in entries if entry.cart_id == cart.id]

    return str((await poll(look, bool))[0].id)


def _own_calls(tenant: TenantFixture) -> Calls:
    """Those that do something else for whoever owns the things than the table of foreign calls has."""
    new = {"name": "Ours too"}
    variants = [{"sku": "ours-too", "prices": {"USD": 1}}]
    steps = {"steps": [{"delaySeconds": 3000}, {"delaySeconds": 7200}]}
    return {
        "POST /api/admin/companies": [ForeignCall("platform", body={"id": str(tenant.shop.company_id), **new})],
        "POST /api/admin/sites": [ForeignCall("admin", body={"currency": "USD", **new})],
        "POST /api/admin/products": [ForeignCall("admin", body={"title": "Ours too", "variants": variants})],
        "POST /api/admin/shipping-rules": [ForeignCall("admin", body={"amounts": {"USD": 1}, **new})],  # of no zone
        "PATCH /api/admin/recovery/campaigns/{campaign_id}": [
            ForeignCall("admin", path={"campaign_id": tenant.campaign_id}, body=steps)  # a mail is left after the first
        ],
        "DELETE /api/admin/customers/{customer_id}": [ForeignCall("admin", path={"customer_id": CUSTOMER})],
        **{
            f"POST /api/admin/ops/{service}/jobs/{{name}}/run": [ForeignCall("platform", path={"name": "PurgeInbox"})]
            for service in SERVICES
        },
    }


@pytest.mark.parametrize("service", SERVICES)
async def test_a_change_by_staff_leaves_an_entry(service: str, stack: Stack, scene: Scene) -> None:
    """Whatever the service's document has: called by its company's staff, found by the request's id, nothing personal.

    A route that the table of calls does not know fails here until somebody says how it is called.
    """
    answers: dict[str, httpx.Response] = {}
    changes = [one for one in await operations(stack, service) if _is_change(one)]
    for operation in sorted(changes, key=_turn):
        call = scene.calls[operation][0]
        token = getattr(stack.tokens, call.entitled)(scene.shop.company_id)
        visitor = scene.shop.visitor(authorization=f"Bearer {token}")
        answers[operation] = await send(visitor, stack.service_url(service), operation, call)

    entries = await entries_of(stack, service, answers)

    assert {name: answer.text for name, answer in answers.items() if not answer.is_success} == {}
    assert without_entry(answers, entries) == []
    assert {name: entry["actor"] for name, entry in entries.items()} == {
        name: ACTORS[scene.calls[name][0].entitled] for name in answers
    }
    assert [name for name, entry in entries.items() if any(word in str(entry) for word in PERSONAL)] == []


async def test_a_change_without_an_entry_would_be_noticed(stack: Stack, scene: Scene) -> None:
    """What only reads leaves none."""
    visitor = scene.shop.admin()
    answers = {"GET /api/admin/sites": await visitor.send("GET", f"{stack.service_url('cart')}/api/admin/sites")}

    assert without_entry(answers, await entries_of(stack, "cart", answers)) == list(answers)


async def test_what_was_so_already_leaves_no_entry(stack: Stack, scene: Scene) -> None:
    """A site and a suppression that are there, a company's and a site's name that they have: again is no change."""
    admin, address = scene.shop.admin(), scene.shop.address("jo")
    platform = scene.shop.visitor(authorization=f"Bearer {stack.tokens.platform(scene.shop.company_id)}")
    site = {"id": str(ids.uuid7()), "name": "Third", "currency": "USD"}
    company = {"id": str(scene.shop.company_id), "name": "Renamed"}
    suppressions = f"{stack.service_url('recovery')}/api/admin/recovery/suppressions"
    carts = f"{stack.service_url('cart')}/api/admin"

    async def twice(visitor: Any, service: str, method: str, path: str, body: Mapping[str, str]) -> list[str]:
        answers = {name: await visitor.send(method, path, body) for name in ("first", "again")}
        assert all(answer.is_success for answer in answers.values())
        return list(await entries_of(stack, service, answers))

    assert await twice(admin, "cart", "POST", f"{carts}/sites", site) == ["first"]
    assert await twice(admin, "recovery", "POST", suppressions, {"email": address}) == ["first"]
    assert await twice(platform, "cart", "POST", f"{carts}/companies", company) == ["first"]


async def entries_of(stack: Stack, service: str, answers: Mapping[str, httpx.Response]) -> dict[str, "asyncpg.Record"]:
    """What the service's own log has of these requests, by the names that they have here."""
    requests = {answer.headers["x-request-id"]: name for name, answer in answers.items()}
    async with stack.database(service) as connection:
        rows = await connection.fetch("SELECT * FROM audit_log WHERE request_id = ANY($1)", list(requests))
    return {requests[row["request_id"]]: row for row in rows}


def without_entry(answers: Mapping[str, httpx.Response], entries: Mapping[str, object]) -> list[str]:
    """The changes of which the log knows nothing."""
    return [name for name in answers if name not in entries]


def _is_change(operation: str) -> bool:
    method, _, path = operation.partition(" ")
    return method not in SAFE and path.startswith("/api/admin/")


def _turn(operation: str) -> tuple[bool, bool, bool, str]:
    """First what is made and changed, then what ends it: a recovery that is dismissed sends no mail any more."""
    method, _, path = operation.partition(" ")
    return (method == "POST" and path.endswith(_LAST), method == "DELETE", path.endswith(_ENDING), operation)
