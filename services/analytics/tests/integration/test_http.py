"""Who may read, what is refused, and what another company sees."""

from uuid import UUID

import httpx
import pytest
from analytics.main import create_app
from analytics.settings import AnalyticsSettings
from servicekit.auth.service_tokens import mint_service_token
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.roles.service import AnyService
from servicekit.testing import Servers, assert_no_drift, assert_rls_everywhere, client_of, make_settings, mint_jwt
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

from .dashboard import Dashboard

REPORTS = ("overview", "cart", "funnel", "recovery", "upsell", "promotions")
EXPLORER = "/api/admin/ecommerce-analytics/events"


@pytest.mark.parametrize("report", REPORTS)
async def test_both_addresses_answer_alike(dashboard: Dashboard, report: str) -> None:
    """Every report is at /api/analytics/ecommerce and at /api/admin/ecommerce-analytics (api.md)."""
    await dashboard.deliver(dashboard.cart().created())

    one = await dashboard.get(f"/api/analytics/ecommerce/{report}")
    other = await dashboard.get(f"/api/admin/ecommerce-analytics/{report}")

    assert one.status_code == other.status_code == 200
    assert one.json() == other.json()


@pytest.mark.parametrize("report", REPORTS)
async def test_another_company_sees_nothing(dashboard: Dashboard, report: str) -> None:
    """Company B is answered about its own carts only, and A's site is 404 (rules.md 34)."""
    cart = dashboard.cart()
    await dashboard.deliver(cart.created(), cart.added(), cart.converted())
    stranger = Dashboard(dashboard.client, dashboard.database, new_id())

    report_of_stranger = await stranger.report(report)
    with_site = await stranger.get(f"/api/analytics/ecommerce/{report}", siteId=str(dashboard.site_id))

    assert report_of_stranger["currencies"] == []
    assert (with_site.status_code, with_site.json()["code"]) == (404, "NOT_FOUND")


async def test_the_events_of_a_cart_are_listed_in_pages(dashboard: Dashboard) -> None:
    """In the order in which they happened, whatever the order of arrival, and without the customer's id."""
    cart = dashboard.cart()
    await dashboard.deliver(*reversed([cart.created(), cart.added(), cart.held(), cart.converted()]))

    first = (await dashboard.get(EXPLORER, cartId=str(cart.cart_id), limit="3")).json()
    rest = (await dashboard.get(EXPLORER, cartId=str(cart.cart_id), limit="3", cursor=first["nextCursor"])).json()

    types = [event["type"] for event in (*first["items"], *rest["items"])]
    assert types == ["cart.created.v1", "cart.updated.v1", "hold.placed.v1", "cart.converted.v1"]
    assert "customerId" not in rest["items"][0]["data"]
    assert rest["nextCursor"] is None


async def test_another_companys_cart_has_no_events(dashboard: Dashboard) -> None:
    """404, as for a cart that does not exist."""
    cart = dashboard.cart()
    await dashboard.deliver(cart.created())
    stranger = Dashboard(dashboard.client, dashboard.database, new_id())

    answer = await stranger.get(EXPLORER, cartId=str(cart.cart_id))

    assert (answer.status_code, answer.json()["code"]) == (404, "CART_NOT_FOUND")


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"from": "2026-13-01"}, "from"),
        ({"from": "2024-01-01", "to": "2026-01-01"}, "from"),
        ({"from": "2026-01-01", "to": "2026-03-01", "interval": "hour"}, "from"),
        ({"to": "soon"}, "to"),
        ({"interval": "year"}, "interval"),
        ({"siteId": "1"}, "siteId"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"currency": "euro"}, "currency"),
    ],
)
async def test_a_parameter_that_does_not_fit_is_named(
    dashboard: Dashboard, parameters: dict[str, str], field: str
) -> None:
    """422, with the parameter in errors."""
    answer = await dashboard.get("/api/analytics/ecommerce/overview", **parameters)

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]


async def test_only_staff_read_reports(dashboard: Dashboard) -> None:
    """No token is 401, a customer's is 403; support and viewers may read."""
    path = "/api/analytics/ecommerce/overview"
    nobody = await dashboard.client.get(path)

    answers = {role: (await dashboard.get(path, role=role)).status_code for role in ("customer", "support", "viewer")}

    assert nobody.status_code == 401
    assert answers == {"customer": 403, "support": 200, "viewer": 200}


async def test_the_size_of_the_log_is_for_services(dashboard: Dashboard) -> None:
    """A service reads how many events of a company have been counted; staff may not."""
    cart = dashboard.cart()
    await dashboard.deliver(cart.created(), cart.added())
    token = mint_service_token(SERVICE_TOKEN_SECRET, "bench", company_id=dashboard.company_id)

    answer = await dashboard.client.get("/internal/log", headers={"Authorization": f"Bearer {token}"})

    assert answer.json() == {"events": 2}
    assert (await dashboard.get("/internal/log")).status_code == 401


async def test_a_switched_off_feature_answers_nothing(
    servers: Servers, database_url: str, dashboard: Dashboard, company_id: UUID
) -> None:
    """With FEATURE_ECOMMERCE_ANALYTICS off every read is 200, not enabled and empty (api.md)."""
    cart = dashboard.cart()
    await dashboard.deliver(cart.created(), cart.added(), cart.converted())
    settings = make_settings(AnalyticsSettings, servers, database_url, feature_ecommerce_analytics=False)
    token = mint_jwt(company_id, "staff-1", roles=["viewer"])

    async with client_of(create_app(settings)) as client:
        answers = [await _read(client, f"/api/analytics/ecommerce/{report}", token) for report in REPORTS]
        events = await _read(client, f"{EXPLORER}?cartId={cart.cart_id}", token)

    assert [answer.status_code for answer in (*answers, events)] == [200] * 7
    assert not any(answer.json()["enabled"] for answer in (*answers, events))
    assert answers[0].json()["carts"]["created"] == 0
    assert not any(answer.json().get("series") or answer.json().get("items") for answer in (*answers, events))


async def test_every_table_belongs_to_companies(database: Database) -> None:
    """Row-level security is forced on every table with a company (rules.md 34)."""
    await assert_rls_everywhere(database)


async def test_the_tables_are_those_of_the_migrations(service: AnyService, database_url: str) -> None:
    """tables.py is what the migrations made."""
    await assert_no_drift(service.metadata, database_url)


async def _read(client: httpx.AsyncClient, path: str, token: str) -> httpx.Response:
    return await client.get(path, headers={"Authorization": f"Bearer {token}"})
