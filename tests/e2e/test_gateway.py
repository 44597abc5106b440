"""What the one address in front of everything lets through, adds, and keeps to itself."""

import pytest
from cartwheel_local.services import SERVICES

from .shop import Shop
from .stack import Stack
from .visitor import Visitor, refusal

SECRET_PATHS = [
    "/internal/carts/01a1f8ac-05be-7662-b27a-000000000000",
    "/internal/holds",
    "/internal/codes/resolve",
    "/metrics",
    "/livez",
    "/readyz",
    "/docs",
    "/openapi.json",
    "/api/public/../../internal/codes/resolve",
    "/api/public/%2e%2e/%2e%2e/internal/codes/resolve",
    "/api/cart%2f..%2f..%2finternal/codes/resolve",
    "//internal/codes/resolve",
    "/api/nowhere",
    "/",
]


@pytest.mark.parametrize("path", SECRET_PATHS)
async def test_what_is_for_the_inside_does_not_exist_outside(stack: Stack, path: str) -> None:
    """Not even for a caller with a good service token, and however the path is spelled."""
    headers = {"authorization": f"Bearer {stack.env['SERVICE_TOKEN']}", "x-company-id": stack.env["TEST_COMPANY_ID"]}
    async with Visitor(stack.api_url, **headers) as visitor:
        answer = await visitor.send("GET", path)

    assert refusal(answer)[0] == 404


async def test_every_answer_has_the_headers_that_it_should(shop: Shop) -> None:
    """Successes, refusals of services and refusals of the gateway alike; the server's version is nobody's business."""
    guest = shop.guest()
    await guest.opens_a_cart()
    browser = shop.visitor(**guest.credentials)
    for path in ("/api/public/cart", "/api/admin/carts", "/nowhere", "/api/openapi.json"):
        answer = await browser.send("GET", path)
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["x-frame-options"] == "DENY", path
        assert len(answer.headers.get_list("x-request-id")) == 1, path
        assert not any(char.isdigit() for char in answer.headers.get("server", "")), path
        assert "x-powered-by" not in answer.headers, path


async def test_a_request_keeps_its_id_and_a_harmful_one_is_replaced(shop: Shop) -> None:
    """The caller's id comes back, in the header and in a problem document; one that could spoil a log does not."""
    visitor = shop.visitor(**{"x-company-id": str(shop.company_id)})
    kept = await visitor.send("GET", "/api/public/cart", headers={"x-request-id": "click-42"})
    replaced = await visitor.send("GET", "/api/public/cart", headers={"x-request-id": '"},{"forged":"line'})

    assert (kept.headers["x-request-id"], kept.json()["requestId"]) == ("click-42", "click-42")
    assert "forged" not in replaced.headers["x-request-id"]
    assert replaced.headers["x-request-id"] == replaced.json()["requestId"]


async def test_nobody_passes_for_somebody_at_another_address(shop: Shop) -> None:
    """A forwarded address that a client makes up does not spare it the limit of its own (api.md, "Limits")."""
    visitor = shop.visitor(**{"x-company-id": str(shop.company_id)})
    answers = [
        await visitor.send("POST", "/api/public/cart", {}, headers={"x-forwarded-for": f"203.0.113.{number}"})
        for number in range(12)
    ]

    assert [answer.status_code for answer in answers].count(201) == 10
    refused = answers[-1]
    assert refusal(refused) == (429, "RATE_LIMITED")
    assert int(refused.headers["retry-after"]) > 0


async def test_health_names_each_dependency(stack: Stack) -> None:
    """What a monitor asks from outside is answered without saying where anything is."""
    async with Visitor(stack.api_url) as visitor:
        answer = await visitor.send("GET", "/api/health")

    assert answer.status_code == 200
    assert "127.0.0.1" not in answer.text
    assert "postgres" in answer.text.lower() or "database" in answer.text.lower()


@pytest.mark.parametrize("service", SERVICES)
async def test_every_service_describes_itself_through_the_gateway(stack: Stack, service: str) -> None:
    """The document of each service is where api.md says."""
    async with Visitor(stack.api_url) as visitor:
        document = (await visitor.send("GET", f"/api/{service}/openapi.json")).json()

    assert document["openapi"].startswith("3.1")
