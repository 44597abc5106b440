"""Nothing crosses from one company to another, on any route of any service (rules.md 34)."""

import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from cartwheel_client.models.cart import ChangeSite
from localservers.home import REPOSITORY

from .broker import connected
from .dump import Dump, at_rest, dump
from .foreign_call import Calls, ForeignCall
from .foreign_calls import foreign_calls
from .shop import Shop, open_shop
from .stack import SERVICES, Stack
from .tenant_fixture import CUSTOMER, TenantFixture, make_tenant
from .visitor import Visitor

SHUT_OUT = {400, 401, 403, 404, 422}
"""What a caller who is not entitled to a route may be answered: never anything of anybody's."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Callers = Mapping[str, Visitor]


@dataclass(frozen=True, slots=True)
class Scene:
    """A tenant that owns things, strangers who try to get at them, and what was there before they came."""

    tenant: TenantFixture
    callers: Callers
    calls: Calls
    before: Dump
    secrets: frozenset[str]


@pytest.fixture(scope="module")
async def scene(stack: Stack) -> AsyncIterator[Scene]:
    """Two companies; the ids that only the first has are secrets."""
    async with open_shop(stack, abandonmentSeconds=1) as ours, open_shop(stack) as theirs:
        await ours.merchant.remind(0, daily_cap=None)
        tenant = await make_tenant(ours)
        await theirs.staff.sites.change(theirs.site_id, ChangeSite(enable_compare=True))  # else it is switched off, 403
        callers = await strangers(theirs, tenant)
        variants = await theirs.staff.catalogue.list_variants()
        before = await at_rest(stack, ours.company_id)
        calls = foreign_calls(tenant, str(variants.items[0].id))
        secrets = ids_in(before) - ids_in(await dump(stack, theirs.company_id))
        yield Scene(tenant, callers, calls, before, frozenset(secrets))
        async with connected(stack) as broker:
            await broker.drop_dead_letters(tenant.dead_letters)


async def strangers(shop: Shop, victim: TenantFixture) -> Callers:
    """Everybody that the other company has, and its guest who shows the victim's session token."""
    guest, customer = shop.guest(), shop.customer(CUSTOMER)
    await guest.opens_a_cart()
    await customer.opens_a_cart()
    token = shop.stack.tokens.customer(shop.company_id, CUSTOMER)
    company = {"x-company-id": str(shop.company_id)}
    return {
        "anyone": shop.visitor(),
        "guest": shop.visitor(**guest.credentials),
        "impostor": shop.visitor(**company, **{"x-session-token": victim.session_token}),
        "customer": shop.visitor(authorization=f"Bearer {token}"),
        "admin": shop.admin(),
        "service": shop.visitor(authorization=f"Bearer {shop.stack.tokens.service('cart')}", **company),
    }


def ids_in(rows: Dump) -> set[str]:
    """Every id in any row."""
    return {found for table in rows.values() for row in table for found in _UUID.findall(row)}


async def operations(stack: Stack, service: str) -> list[str]:
    """Every "METHOD path" of the document that the running service answers with, and of its internal routes."""
    async with httpx.AsyncClient() as client:
        address = f"{stack.service_url(service)}/api/{service}/openapi.json"
        paths: dict[str, dict[str, Any]] = (await client.get(address)).raise_for_status().json()["paths"]
    internal = REPOSITORY / "services" / service / "openapi.internal.json"
    if internal.exists():
        paths |= json.loads(internal.read_text())["paths"]
    return [f"{method.upper()} {path}" for path, item in paths.items() for method in item]


@pytest.mark.parametrize("service", SERVICES)
async def test_no_route_gives_anything_away(service: str, stack: Stack, scene: Scene) -> None:
    """Each route with ids that exist, called by everybody of another company: not found, and no id slips out.

    A route that the table of calls does not know fails here until somebody says how it is to be tried.
    """
    known = await operations(stack, service)
    assert untried(known, scene) == set(), "say in foreign_calls.py how these are tried"
    faults = [fault for operation in known for fault in await faults_of(operation, scene, stack.service_url(service))]
    assert faults == []


def untried(known: Iterable[str], scene: Scene) -> set[str]:
    """The operations that the table of calls does not know."""
    return set(known) - set(scene.calls)


async def faults_of(operation: str, scene: Scene, url: str) -> list[str]:
    """What is wrong with the answers to one route, whoever calls it."""
    faults = []
    for call in scene.calls[operation]:
        for caller in ("anyone",) if call.entitled == "anyone" else scene.callers:
            answer = await send(scene.callers[caller], url, operation, call)
            fault = fault_of(answer, call, scene, is_entitled=caller == call.entitled)
            if fault:
                faults.append(f"{operation} as {caller}: {fault}")
    return faults


async def send(visitor: Visitor, url: str, operation: str, call: ForeignCall) -> httpx.Response:
    """Make one call as one caller."""
    method, _, template = operation.partition(" ")
    path = url + template.format_map(call.path)
    if isinstance(call.body, bytes):
        return await visitor.sends_raw(method, path, call.body, content_type="application/x-ndjson")
    return await visitor.send(method, path, call.body, query=call.query)


def fault_of(answer: httpx.Response, call: ForeignCall, scene: Scene, *, is_entitled: bool) -> str | None:
    """What is wrong with one answer, if anything.

    Who is not entitled to a route is shut out of what they name, and otherwise only ever sees things of their own.
    """
    sent = f"{answer.request.url} {answer.request.content.decode()} {answer.request.headers}"
    given_away = [secret for secret in scene.secrets if secret in answer.text and secret not in sent]
    if given_away:
        return f"given away: {given_away}"
    allowed = {call.expect} if is_entitled else SHUT_OUT if call.path else {*SHUT_OUT, 200, 201, 409}
    return None if answer.status_code in allowed else f"{answer.status_code} {answer.text[:200]}"


async def test_a_leak_and_a_new_route_would_be_noticed(stack: Stack, scene: Scene) -> None:
    """The owner of the things, taken for a stranger, is answered too much; an operation nobody has tried is named."""
    operation = "GET /api/admin/carts"
    call = scene.calls[operation][0]
    answer = await send(scene.tenant.shop.admin(), stack.service_url("cart"), operation, call)

    assert "given away" in str(fault_of(answer, call, scene, is_entitled=True))
    assert untried([operation, "GET /api/new"], scene) == {"GET /api/new"}


async def test_nothing_has_changed(stack: Stack, scene: Scene) -> None:
    """After all these attempts every row of the company is what it was, in every database."""
    after = await at_rest(stack, scene.tenant.shop.company_id)

    assert {name for name in after if after[name] != scene.before[name]} == set()
