"""The gateway: who answers what, what is out of reach, and what the gateway says itself."""

import asyncio
import socket

import httpx
import pytest
from cartwheel_local.gateway import (
    TRUSTED_PROXIES,
    gateway_directory,
    start_gateway,
    status_port,
)
from cartwheel_local.routes import load_routes
from cartwheel_local.secrets import load_secrets
from cartwheel_local.services import SERVICES
from cartwheel_local.stack import down
from localservers.home import Home

OWNERS = {
    "/api/cart": "cart",
    "/api/cart/items/1": "cart",
    "/api/cart/0199/hold": "cart",
    "/api/cart/0199/hold/status": "cart",
    "/api/cart/shipping/estimate": "cart",
    "/api/cart/stream": "cart",
    "/api/cart/gift-cards/X/balance": "cart",
    "/api/public/cart/0199/items": "cart",
    "/api/storefront/cart": "cart",
    "/api/wishlist/items": "cart",
    "/api/wishlists/shared/abc": "cart",
    "/api/comparison": "cart",
    "/api/comparisons/shared/abc": "cart",
    "/api/shared-carts/abc/copy": "cart",
    "/api/cross-site-session/accept": "cart",
    "/api/admin/carts": "cart",
    "/api/admin/carts/0199/activity": "cart",
    "/api/admin/carts/stats": "cart",
    "/api/admin/sites/0199": "cart",
    "/api/admin/features": "cart",
    "/api/admin/companies": "cart",
    "/api/admin/customers/ann/erasure": "cart",
    "/api/admin/audit": "analytics",
    "/api/health": "cart",
    "/api/cart/upsells": "upsell",
    "/api/cart/upsells/0199/add": "upsell",
    "/api/cart/recovery/token/restore": "recovery",
    "/api/recovery/unsubscribe/token": "recovery",
    "/r/token": "recovery",
    "/api/admin/recovery/campaigns": "recovery",
    "/api/admin/carts/abandoned": "recovery",
    "/api/admin/carts/abandoned/0199/send": "recovery",
    "/api/analytics/ecommerce/overview": "analytics",
    "/api/admin/ecommerce-analytics/overview": "analytics",
    "/api/events": "analytics",
    "/api/admin/promotions/simulate": "pricing",
    "/api/admin/tax-rates": "pricing",
    "/api/admin/shipping-zones": "pricing",
    "/api/admin/shipping-rules/0199": "pricing",
    "/api/admin/gift-cards": "pricing",
    "/api/admin/pricing-settings": "pricing",
    "/api/catalogue/products": "inventory",
    "/api/admin/products/import": "inventory",
    "/api/admin/variants/0199": "inventory",
    "/api/admin/bundles": "inventory",
    "/api/admin/warehouses": "inventory",
    "/api/admin/stock": "inventory",
    **{f"/api/{service}/openapi.json": service for service in SERVICES},
    **{f"/api/admin/ops/{service}/jobs": service for service in SERVICES},
}

STAFF = {"Authorization": "Bearer of an admin"}
"""What the backends of the tests take for a credential that may import."""

OUT_OF_REACH = [
    "/",
    "/internal/quotes",
    "/internal",
    "/metrics",
    "/livez",
    "/readyz",
    "/gateway/permissions/inventory",
    "/docs",
    "/api",
    "/api/cartoon",
    "/api/admin",
    "/api/admin/ops/checkout/jobs",
    "/api/cart/../../internal/quotes",
    "/api/cart/%2e%2e/%2e%2e/internal/quotes",
    "/api/cart/..%2f..%2finternal/quotes",
    "/api/cart/./items",
    "//internal/quotes",
    "/internal/../api/cart",
]


SECRET_PATHS = [
    "/api/admin/customers/very-secret/erasure",
    "/api/cart/recovery/very-secret/restore",
    "/api/recovery/open/very-secret",
    "/api/recovery/unsubscribe/very-secret",
    "/api/shared-carts/very-secret/copy",
    "/api/wishlists/shared/very-secret",
    "/api/comparisons/shared/very-secret",
    "/api/cart/discount/very-secret",
    "/api/public/cart/0199/discount/very-secret",
    "/api/cart/gift-cards/very-secret/balance",
]


def raw_request(gateway: str, target: str) -> str:
    """Send exactly this target: a client library would tidy it first."""
    url = httpx.URL(gateway)
    with socket.create_connection((url.host, url.port)) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


@pytest.mark.parametrize(("path", "owner"), OWNERS.items())
def test_each_path_reaches_its_owner(gateway: str, path: str, owner: str) -> None:
    """api.md names the owner of every path, and the path arrives as it was sent."""
    answer = httpx.get(f"{gateway}{path}?a=1", headers=STAFF).json()

    assert (answer["owner"], answer["path"]) == (owner, f"{path}?a=1")


def test_every_route_of_the_table_is_tested() -> None:
    """A route that is added without saying here whose it is fails."""
    tested = {
        route.path
        for route in load_routes()
        if any(path == route.path or path.startswith(f"{route.path}/") for path in OWNERS)
    }

    assert tested == {route.path for route in load_routes()}


@pytest.mark.parametrize("target", OUT_OF_REACH)
def test_nothing_else_is_reachable(gateway: str, target: str) -> None:
    """Internal routes, metrics and probes are not the outside's, however the path is written."""
    answer = raw_request(gateway, target)

    assert answer.startswith("HTTP/1.1 404")
    assert '"code":"NOT_FOUND"' in answer
    assert "owner" not in answer


def test_a_request_id_is_passed_on_and_returned(gateway: str) -> None:
    """A caller's own id is kept, so that its log and ours can be read together."""
    answer = httpx.get(f"{gateway}/api/cart", headers={"X-Request-Id": "order-4711"})

    assert answer.headers.get_list("X-Request-Id") == ["order-4711"]
    assert answer.json()["headers"]["X-Request-Id"] == "order-4711"


@pytest.mark.parametrize("given", [None, "", "a" * 65, 'x"y', "a b", "-a"])
def test_a_missing_or_harmful_request_id_is_replaced(gateway: str, given: str | None) -> None:
    """What ends up in logs and headers is bounded and harmless."""
    answer = httpx.get(f"{gateway}/api/cart", headers={} if given is None else {"X-Request-Id": given})

    (made,) = answer.headers.get_list("X-Request-Id")
    assert made not in {given, "the backend's own"}
    assert len(made) == 32
    assert answer.json()["headers"]["X-Request-Id"] == made


def test_a_client_cannot_say_where_it_comes_from(gateway: str) -> None:
    """Limits count by the address that the gateway saw, so a forged header must not arrive."""
    seen = httpx.get(f"{gateway}/api/cart", headers={"X-Forwarded-For": "203.0.113.9"}).json()

    assert seen["headers"]["X-Forwarded-For"] == "127.0.0.1"


def test_who_stands_in_front_may_say_where_a_request_comes_from(home: Home, backends: dict[str, int]) -> None:
    """Behind an ingress or a CDN shoppers would else share one address; what they put before it is not believed."""
    trusted = gateway_directory(home) / TRUSTED_PROXIES
    trusted.mkdir()
    (trusted / "front.conf").write_text("set_real_ip_from 127.0.0.0/8;\nset_real_ip_from 198.51.100.0/24;\n")
    gateway = asyncio.run(start_gateway(home, load_secrets(home), backends))

    forged_and_real = {"X-Forwarded-For": "192.0.2.1, 203.0.113.9, 198.51.100.7"}
    seen = httpx.get(f"{gateway}/api/cart", headers=forged_and_real).json()

    assert seen["headers"]["X-Forwarded-For"] == "203.0.113.9"


@pytest.mark.parametrize("path", ["/api/cart", "/nowhere"])
def test_answers_are_guarded_and_say_no_version(gateway: str, path: str) -> None:
    """Every answer forbids sniffing and framing, the gateway's own too (api.md)."""
    headers = httpx.get(f"{gateway}{path}").headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Server"] == "nginx"


@pytest.mark.parametrize(
    ("path", "megabytes", "status"),
    [
        ("/api/cart/items", 2, 413),
        ("/api/admin/products", 2, 413),
        ("/api/admin/products/import", 2, 200),
        ("/api/admin/products/import", 65, 413),
    ],
)
def test_bodies_have_a_limit(gateway: str, path: str, megabytes: int, status: int) -> None:
    """1 MiB, and 64 MiB for imports (api.md)."""
    answer = httpx.post(f"{gateway}{path}", content=b"x" * (megabytes * 2**20), headers=STAFF)

    assert answer.status_code == status
    if status == 413:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "BODY_TOO_LARGE"


def test_a_service_that_is_away_is_a_clear_503(home: Home) -> None:
    """Nobody listens behind it: the caller is answered when to come back, in the shape of every refusal."""
    nobody = dict.fromkeys(SERVICES, 1)
    gateway = asyncio.run(start_gateway(home, load_secrets(home), nobody))

    answer = httpx.get(f"{gateway}/api/cart")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert answer.headers["X-Request-Id"] == answer.json()["requestId"]
    assert answer.json() | {"requestId": ""} == {
        "type": "urn:cartwheel:problem:service-unavailable",
        "title": "Service unavailable",
        "status": 503,
        "code": "SERVICE_UNAVAILABLE",
        "detail": "This is not available right now. Please try again in a moment.",
        "action": "Try again in a moment.",
        "instance": "/api/cart",
        "requestId": "",
    }


def test_tokens_and_codes_stay_out_of_the_log(home: Home, backends: dict[str, int]) -> None:
    """Who has a recovery link or a code can use it: the access log has its route alone, and no query string."""
    gateway = asyncio.run(start_gateway(home, load_secrets(home), backends))
    httpx.get(f"{gateway}/r/very-secret?e=somebody@example.com")
    for path in SECRET_PATHS:
        httpx.get(f"{gateway}{path}")
    asyncio.run(down(home))

    log = home.log("gateway-access").read_text()

    assert '"path":"/r/..."' in log
    assert "secret" not in log
    assert "example.com" not in log


def test_how_busy_it_is_is_told_at_an_address_of_its_own(module_home: Home, gateway: str) -> None:
    """Its exporter asks there; through the gateway itself nobody is told."""
    inside = f"http://127.0.0.1:{status_port(module_home)}"

    assert httpx.get(f"{inside}/status").text.startswith("Active connections: ")
    assert httpx.get(f"{inside}/api/cart").status_code == 404
    assert httpx.get(f"{gateway}/status").status_code == 404
