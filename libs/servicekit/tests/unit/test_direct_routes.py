"""A direct route answers and is documented as FastAPI's own route with the same endpoint."""

from collections.abc import AsyncGenerator, Awaitable, Sequence
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, Header, params
from fastapi.routing import APIRoute
from servicekit.errors import RateLimited429
from servicekit.http.answers import Json
from servicekit.http.bodies import Body
from servicekit.routes import error_handlers
from servicekit.routes.direct import DirectRoute, begun_by
from starlette.requests import Request
from starlette.responses import Response

ID = "018f3f57-5f57-7cc0-8f57-5f577cc08f57"
JSON = {"content-type": "application/json"}


class Note(Body):
    """What the routes below read."""

    text: str
    count: int = 1
    meta: dict[str, Any] = {}


class Refused(Exception):
    """What an endpoint raises."""


async def journal(request: Request) -> list[str]:
    """What happens in a request, in order."""
    entries: list[str] = request.app.state.journal
    entries.append("caller")
    return entries


async def opened(entries: Annotated[list[str], Depends(journal)]) -> AsyncGenerator[list[str]]:
    """Something that is open while the endpoint runs."""
    entries.append("open")
    try:
        yield entries
    except BaseException:
        entries.append("undone")
        raise
    entries.append("done")


Journal = Annotated[list[str], Depends(journal)]
Opened = Annotated[list[str], Depends(opened, scope="function")]


def app_of(route_class: type[APIRoute], dependencies: Sequence[params.Depends] = ()) -> FastAPI:
    """Two routes of this class, with further dependencies."""
    router = APIRouter(route_class=route_class, dependencies=dependencies)

    @router.post("/notes/{note_id}", status_code=201)
    async def write(
        note_id: UUID, body: Note, unit: Opened, request: Request, caller: Journal, loud: bool = False
    ) -> Response:
        unit.append("endpoint")
        if body.text == "refused":
            raise Refused
        seen = {"id": note_id, "note": str(body), "loud": loud, "same": caller is unit, "path": request.url.path}
        return Json(seen, 201)

    @router.get("/notes", dependencies=[Depends(journal)])
    async def read() -> Response:
        return Json({})

    app = FastAPI()
    app.state.journal = []
    error_handlers.install(app)
    app.router.routes.extend(router.routes)
    return app


def client_of(app: FastAPI) -> httpx.AsyncClient:
    """A client of the app; what it raises is a 500."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://notes")


async def ask(route_class: type[APIRoute], method: str, path: str, **request: Any) -> tuple[Any, ...]:
    """The answer of the app on routes of this class, and what happened."""
    app = app_of(route_class)
    async with client_of(app) as client:
        answer = await client.request(method, path, **request)
    return answer.status_code, answer.headers.get("content-type"), answer.content, app.state.journal


@pytest.mark.parametrize(
    ("path", "content", "headers"),
    [
        (f"/notes/{ID}", b'{"text": "a"}', JSON),
        (f"/notes/{ID}?loud=1", b'{"text": "a", "count": 7, "meta": {"big": 1000000000000000000000000000000}}', JSON),
        (f"/notes/{ID}", b'{"text": "refused"}', JSON),
        (f"/notes/{ID}", b'{"text": "a"}', {"content-type": "application/merge-patch+json; charset=utf-8"}),
    ],
)
async def test_what_is_accepted_is_answered_alike(path: str, content: bytes, headers: dict[str, str]) -> None:
    """The same answer, and everything in the same order: the caller, the opening, the endpoint, the end."""
    expected = await ask(APIRoute, "POST", path, content=content, headers=headers)

    assert await ask(DirectRoute, "POST", path, content=content, headers=headers) == expected
    assert expected[-1] == ["caller", "open", "endpoint", "undone" if b"refused" in content else "done"]


@pytest.mark.parametrize(
    ("path", "content", "headers"),
    [
        (f"/notes/{ID}", b"", JSON),
        (f"/notes/{ID}", b"{", JSON),
        (f"/notes/{ID}", b"[1]", JSON),
        (f"/notes/{ID}", b'{"text": 1, "count": "1", "more": 2}', JSON),
        (f"/notes/{ID}", b'{"text": "a"}', {"content-type": "text/plain"}),
        (f"/notes/{ID}", b'{"text": "a"}', {}),
        ("/notes/7?loud=loudly", b'{"text": 1}', JSON),
    ],
)
async def test_what_does_not_fit_is_refused_alike(path: str, content: bytes, headers: dict[str, str]) -> None:
    """Every fault is named at once; a direct route refuses before it has opened anything."""
    expected = await ask(APIRoute, "POST", path, content=content, headers=headers)

    direct = await ask(DirectRoute, "POST", path, content=content, headers=headers)

    assert direct[:3] == expected[:3]
    assert expected[0] in {400, 422}
    assert direct[-1] == ["caller"]


async def begin_to_count(request: Request) -> Awaitable[None]:
    """Ask whether there is room."""
    request.app.state.journal.append("asked")

    async def answer() -> None:
        request.app.state.journal.append("counted")
        if "x-full" in request.headers:
            raise RateLimited429

    return answer()


@begun_by(begin_to_count)
async def count(request: Request) -> None:
    """What a route of FastAPI's own awaits at once."""
    await (await begin_to_count(request))


@pytest.mark.parametrize(
    ("content", "headers", "status", "journal"),
    [
        (b'{"text": "a"}', {}, 201, ["asked", "caller", "open", "counted", "endpoint", "done"]),
        (b'{"text": "a"}', {"x-full": "1"}, 429, ["asked", "caller", "open", "counted", "undone"]),
        (b'{"text": 1}', {"x-full": "1"}, 429, ["asked", "caller", "counted"]),
        (b'{"text": 1}', {}, 422, ["asked", "caller", "counted"]),
    ],
)
async def test_what_was_begun_is_awaited_before_the_endpoint(
    content: bytes, headers: dict[str, str], status: int, journal: list[str]
) -> None:
    """Beside everything that comes before it; its refusal precedes any other, and undoes what was opened."""
    app = app_of(DirectRoute, dependencies=[Depends(count)])

    async with client_of(app) as client:
        answer = await client.post(f"/notes/{ID}", content=content, headers={**JSON, **headers})

    assert (answer.status_code, app.state.journal) == (status, journal)


@pytest.mark.parametrize("content", [b'{"text": "a", "count": NaN}', b'{"text": "a", "meta": {"x": 1e400}}', b"\xff"])
async def test_what_is_no_json_is_refused(content: bytes) -> None:
    """RFC 8259 has neither NaN nor infinities, and is UTF-8."""
    status, *_ = await ask(DirectRoute, "POST", f"/notes/{ID}", content=content, headers=JSON)

    assert status == 400


async def test_routes_without_parameters_run_their_dependencies() -> None:
    """Those that only the route declares, and nobody takes."""
    assert await ask(DirectRoute, "GET", "/notes") == (200, "application/json", b"{}", ["caller"])


def test_the_document_is_the_same() -> None:
    """It does not depend on who runs the dependencies."""
    assert app_of(DirectRoute).openapi() == app_of(APIRoute).openapi()


def _blocking() -> None:
    """A dependency that FastAPI would run in a thread."""


async def _reading_a_header(accept: Annotated[str, Header()]) -> None:
    """A dependency with a parameter of its own."""


async def _closing_after_the_answer() -> AsyncGenerator[None]:
    """A dependency that stays open while the answer is sent."""
    yield


@pytest.mark.parametrize("dependency", [_blocking, _reading_a_header, _closing_after_the_answer])
def test_what_a_direct_route_does_not_solve_is_refused_at_the_start(dependency: Any) -> None:
    """Not at the first request."""
    router = APIRouter(route_class=DirectRoute)

    with pytest.raises(TypeError, match=r"direct route|function"):
        router.get("/", dependencies=[Depends(dependency)])(read_nothing)


def test_an_endpoint_has_no_background_tasks() -> None:
    """Nothing of an endpoint is left out in silence either."""

    async def endpoint(tasks: BackgroundTasks) -> Response:
        return Response()

    with pytest.raises(TypeError, match="background_tasks"):
        APIRouter(route_class=DirectRoute).get("/")(endpoint)


async def read_nothing() -> Response:
    """An endpoint."""
    return Response()
