"""What every request and every answer has, whatever the route does."""

from collections.abc import AsyncGenerator, AsyncIterator

import httpx
import orjson
import pytest
from servicekit.ids import new_token

from ..notes import notes_app, notes_client


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    """The notes API, with all its servers away."""
    async with notes_client(notes_app(cors_origins=["https://shop.example"])) as client:
        yield client


def access_lines(capsysbinary: pytest.CaptureFixture[bytes]) -> list[dict[str, object]]:
    """The access log."""
    lines = [orjson.loads(line) for line in capsysbinary.readouterr().out.splitlines() if line.startswith(b'{"event":')]
    return [line for line in lines if line["event"] == "request"]


@pytest.mark.parametrize("path", ["/versions", "/missing", "/nowhere", "/secret/x", "/livez"])
async def test_every_answer_has_the_same_headers(client: httpx.AsyncClient, path: str) -> None:
    """Successes, refusals and faults alike (api.md)."""
    headers = (await client.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["x-request-id"]
    assert "server" not in headers
    assert "strict-transport-security" not in headers


async def test_production_asks_for_https() -> None:
    """HSTS in production only."""
    app = notes_app(app_env="production", jwt_secret=None, jwt_jwks_url="https://issuer/keys")
    async with notes_client(app) as client:
        assert "max-age=" in (await client.get("/versions")).headers["strict-transport-security"]


@pytest.mark.parametrize(
    ("given", "kept"), [("order-4711.b_2", True), ("7", True), ("-a", False), ("x" * 65, False), ("a b c d e", False)]
)
async def test_a_plain_request_id_is_kept(client: httpx.AsyncClient, given: str, kept: bool) -> None:
    """It ends up in logs, so that only a plain one is."""
    answer = await client.get("/missing", headers={"x-request-id": given})

    assert (answer.headers["x-request-id"] == given) is kept
    assert answer.json()["requestId"] == answer.headers["x-request-id"]


async def test_a_refusal_is_a_problem_document(client: httpx.AsyncClient) -> None:
    """With everything that api.md names, in the reader's language."""
    answer = await client.get("/missing", headers={"accept-language": "de"})

    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.pop("requestId")
    assert problem == {
        "type": "urn:cartwheel:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "Das gibt es nicht.",
        "code": "NOT_FOUND",
        "action": "Prüfen Sie die Adresse.",
        "instance": "/missing",
    }


async def test_a_fault_of_ours_says_nothing_of_the_inside(
    client: httpx.AsyncClient, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Neither the answer nor the access log holds the exception's text or the token in the path."""
    token = new_token()
    answer = await client.get(f"/secret/{token}")

    assert answer.status_code == 500
    assert answer.json()["code"] == "INTERNAL_ERROR"
    assert "ada@example.org" not in answer.text
    (line,) = access_lines(capsysbinary)
    assert (line["route"], line["status"]) == ("/secret/{token}", 500)
    assert token not in repr(line)


async def test_an_unknown_address_and_method_are_problems_too(client: httpx.AsyncClient) -> None:
    """404 and 405, the latter naming what would do."""
    nowhere, method = await client.get("/nowhere"), await client.put("/as/staff")

    assert nowhere.json()["code"] == "NOT_FOUND"
    assert method.json()["code"] == "METHOD_NOT_ALLOWED"
    assert method.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("body", [b"{", b"", b"\xff", b'{"text": "\xff"}', b"[" * 100_000])
async def test_what_is_no_json_is_never_a_fault_of_ours(body: bytes) -> None:
    """400 when it cannot be read, 422 when there is nothing."""
    async with notes_client(notes_app()) as client:
        answer = await client.post("/notes", content=body, headers={"content-type": "application/json"})

    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in ("BAD_REQUEST", "VALIDATION_FAILED")


async def test_each_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    """As the client wrote it, without its value."""
    answer = await client.post("/echo", json={"text": "x", "stars": "five", "labels": ["a", 7], "price": 1})

    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"stars", "labels[1]", "price"}
    assert "five" not in answer.text


async def test_a_control_character_is_refused_in_words(client: httpx.AsyncClient) -> None:
    """Nobody who sends a line break should have to read a pattern."""
    answer = await client.post("/echo", json={"text": "a\nb"})

    assert answer.json()["errors"] == [
        {"field": "text", "message": "must be one line of text, without control characters"}
    ]


@pytest.mark.parametrize("length", [4096, 4097])
async def test_a_large_body_is_refused(client: httpx.AsyncClient, length: int) -> None:
    """At the byte, whether its length is announced or not; the route's own limit counts."""
    padding = length - len(b'{"text":""}')
    body = b'{"text":"' + b"x" * 1000 + b'"}' + b" " * (padding - 1000)

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 100):
            yield body[start : start + 100]

    headers = {"content-type": "application/json"}
    announced = await client.post("/echo", content=body, headers=headers)
    unannounced = await client.post("/echo", content=in_pieces(), headers=headers)

    expected = 200 if length == 4096 else 413
    assert (announced.status_code, unannounced.status_code) == (expected, expected)


async def test_listed_origins_may_call(client: httpx.AsyncClient) -> None:
    """And no others."""

    async def allowed(origin: str) -> str | None:
        preflight = {"origin": origin, "access-control-request-method": "POST"}
        named: str | None = (await client.options("/echo", headers=preflight)).headers.get(
            "access-control-allow-origin"
        )
        return named

    assert await allowed("https://shop.example") == "https://shop.example"
    assert await allowed("https://evil.example") is None


async def test_probes_are_not_logged(client: httpx.AsyncClient, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """They would be most of the log."""
    await client.get("/livez")
    await client.get("/versions")

    assert [line["route"] for line in access_lines(capsysbinary)] == ["/versions"]


async def test_exchanges_are_measured_by_route(client: httpx.AsyncClient) -> None:
    """Never by path: there would be a series for each id and token."""
    token = new_token()
    await client.get(f"/secret/{token}")
    metrics = (await client.get("/metrics")).text

    assert 'http_server_request_duration_seconds_count{method="GET",route="/secret/{token}",status="500"}' in metrics
    assert token not in metrics


async def test_alive_but_not_ready_without_a_database(client: httpx.AsyncClient) -> None:
    """Liveness looks at no dependency, readiness names each (messaging.md, "Shutdown")."""
    alive, ready = await client.get("/livez"), await client.get("/readyz")

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json() == {
        "status": "unavailable",
        "service": "notes",
        "dependencies": {"database": "down", "redis": "down"},
    }


async def test_a_database_that_is_away_is_503(client: httpx.AsyncClient) -> None:
    """A clear answer, with when to come back; never a 500."""
    answer = await client.get("/notes", headers={"x-company-id": "01980000-0000-7000-8000-000000000000"})

    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["retry-after"]
