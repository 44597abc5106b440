"""Who may call what, and as whom (api.md, "Auth")."""

import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import jwt
import pytest
from fastapi import APIRouter
from servicekit.auth.service_tokens import mint_service_token
from servicekit.http.answers import Json
from servicekit.ids import hash_token, new_token
from servicekit.roles.api import create_app
from servicekit.routes.callers import Guest
from servicekit.routes.transactions import TenantUnitDep
from servicekit.settings import ServiceSettings
from servicekit.testing import make_settings, mint_jwt
from servicekit.testing.settings import JWT_SECRET, SERVICE_TOKEN_SECRET

from ..notes import NOTES, NOWHERE, notes_app, notes_client

COMPANY, OTHER = uuid4(), uuid4()
TOKEN = new_token()
SHOP = {"x-company-id": str(COMPANY)}
SESSION = {**SHOP, "x-session-token": TOKEN}


def bearer(token: str) -> dict[str, str]:
    """The header of a token."""
    return {"authorization": f"Bearer {token}"}


def user(*roles: str) -> dict[str, str]:
    """The header of a user with these roles."""
    return bearer(mint_jwt(COMPANY, "ada", roles=roles))


def platform_user() -> dict[str, str]:
    """The header of somebody who works for the platform and for no company."""
    claims = {"sub": "root", "roles": ["platform", "customer"], "exp": time.time() + 3600}
    return bearer(jwt.encode(claims, JWT_SECRET, algorithm="HS256"))


def service(*scopes: str) -> dict[str, str]:
    """The header of a service with these scopes."""
    return bearer(mint_service_token(SERVICE_TOKEN_SECRET, "replay", scopes))


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    """The notes API; no server of its is needed to know who calls."""
    async with notes_client(notes_app()) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/as/customer", user("customer"), 200),
        ("/as/customer", user("admin"), 403),
        ("/as/customer", {}, 401),
        ("/as/customer", SESSION, 401),
        ("/as/customer", {"authorization": "Basic YTpi"}, 401),
        ("/as/customer", platform_user(), 401),
        ("/as/customer", service("backfill"), 401),
        ("/as/guest", SESSION, 200),
        ("/as/guest", SHOP, 401),
        ("/as/guest", {"x-session-token": TOKEN}, 400),
        ("/as/guest", {**SESSION, "x-company-id": "shop"}, 400),
        ("/as/guest", {**SHOP, "x-session-token": "short"}, 404),
        ("/as/guest", {**SHOP, "x-session-token": TOKEN.upper()}, 404),
        ("/as/visitor", SHOP, 200),
        ("/as/visitor", {}, 400),
        ("/as/visitor", {**SHOP, "x-session-token": "short"}, 404),
        ("/as/shopper", SESSION, 200),
        ("/as/shopper", user("customer"), 200),
        ("/as/shopper", {**SESSION, **bearer("broken")}, 401),
        ("/as/shopper", {}, 401),
        ("/as/shopper", SHOP, 401),
        ("/as/shopper", {"x-session-token": TOKEN}, 400),
        ("/as/staff", user("viewer"), 200),
        ("/as/staff", user("customer"), 403),
        ("/as/staff", {}, 401),
        ("/as/staff", service("backfill"), 401),
        ("/as/platform", platform_user(), 200),
        ("/as/platform", user("admin"), 403),
        ("/as/service", {**SHOP, **service()}, 200),
        ("/as/service", service(), 400),
        ("/as/service", {**SHOP, **user("platform")}, 401),
        ("/as/service", SHOP, 401),
    ],
)
async def test_who_may_call(client: httpx.AsyncClient, path: str, headers: dict[str, str], status: int) -> None:
    """Missing credentials are 401, weak ones 403, a missing company 400, a session that cannot be 404."""
    assert (await client.get(path, headers=headers)).status_code == status


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("support", 403), ("admin", 200), ("platform", 200)])
async def test_who_may_write_as_staff(client: httpx.AsyncClient, role: str, status: int) -> None:
    """A viewer looks and changes nothing."""
    assert (await client.post("/as/staff", headers=user(role))).status_code == status


async def test_the_signed_company_counts(client: httpx.AsyncClient) -> None:
    """A header cannot move a customer to another company (rules.md 34)."""
    answer = await client.get("/as/customer", headers={**user("customer"), "x-company-id": str(OTHER)})

    assert answer.json()["company"] == str(COMPANY)


async def test_an_admin_cannot_choose_a_company_but_the_platform_can(client: httpx.AsyncClient) -> None:
    """Only the platform's own people work for any company."""
    elsewhere = {"x-company-id": str(OTHER)}

    admin = await client.get("/as/staff", headers={**user("admin"), **elsewhere})
    platform = await client.get("/as/staff", headers={**platform_user(), **elsewhere})

    assert admin.json()["company"] == str(COMPANY)
    assert platform.json()["company"] == str(OTHER)


async def test_a_session_is_known_by_its_hash(client: httpx.AsyncClient) -> None:
    """The token itself goes no further than the edge (rules.md 7)."""
    answer = await client.get("/as/guest", headers=SESSION)

    assert answer.json()["subject"] == hash_token(TOKEN).hex()


async def test_a_backfill_acts_as_a_shopper_of_the_past(client: httpx.AsyncClient) -> None:
    """A service token with the scope may stamp what a guest did with the time it happened (api.md, "Auth")."""
    moment = datetime(2011, 12, 9, 12, 50, tzinfo=UTC)

    answer = await client.get(
        "/as/guest", headers={**SESSION, **service("backfill"), "x-occurred-at": moment.isoformat()}
    )

    assert answer.json()["actor"] == "shopper"
    assert datetime.fromisoformat(answer.json()["occurred"]) == moment


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({**SESSION, "x-occurred-at": "2011-12-09T12:50:00Z"}, 403),
        ({**SESSION, **service(), "x-occurred-at": "2011-12-09T12:50:00Z"}, 403),
        ({**SESSION, **service("backfill"), "x-occurred-at": "2011-12-09T12:50:00"}, 422),
        ({**SESSION, **service("backfill"), "x-occurred-at": "yesterday"}, 422),
        (
            {
                **SESSION,
                **service("backfill"),
                "x-occurred-at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
            },
            422,
        ),
        ({**SESSION, **bearer(mint_service_token(SERVICE_TOKEN_SECRET, "r", ["backfill"], company_id=OTHER))}, 403),
    ],
)
async def test_nobody_else_rewrites_the_past(client: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    """A time needs the scope, an offset, and to be over; a token of one company serves no other."""
    assert (await client.get("/as/guest", headers=headers)).status_code == status


def test_a_unit_before_its_caller_is_refused_at_start() -> None:
    """Such a route would have no company to open its transaction for."""
    routes = APIRouter()

    @routes.get("/wrong")
    async def wrong(unit: TenantUnitDep, guest: Guest) -> Json:
        return Json(None)

    settings = make_settings(ServiceSettings, NOWHERE, NOWHERE.postgres_url)
    with pytest.raises(ValueError, match="declare the caller before the unit"):
        create_app(NOTES, settings, routers=[routes])
