"""Which query parameters a route has, and what it says of others."""

from typing import Annotated

import httpx
from fastapi import APIRouter, Depends, FastAPI, Header, Query
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from servicekit.routes import error_handlers
from servicekit.routes.openapi import api_routes
from servicekit.routes.query_parameters import refuse_unknown, refuses_unknown, takes_any_query

router = APIRouter()


async def page(limit: int = 1) -> int:
    """What every list takes."""
    return limit


@router.get("/api/things")
async def list_things(limit: Annotated[int, Depends(page)], site_id: Annotated[str, Query(alias="siteId")]) -> str:
    """A route with one parameter of its own, and one of a dependency's."""
    return f"{site_id} {limit}"


class Window(BaseModel):
    """Parameters that belong together."""

    model_config = ConfigDict(alias_generator=to_camel)
    begins_at: int = 0
    interval: str = "day"


@router.get("/api/reports")
async def report(window: Annotated[Window, Query()], x_trace: Annotated[str, Header()] = "") -> str:
    """A route whose parameters are a model's fields."""
    return f"{window.begins_at} {window.interval} {x_trace}"


@router.get("/api/open")
@takes_any_query
async def open_thing() -> str:
    """A link of a mail."""
    return "open"


@router.get("/probe")
async def probe() -> str:
    """A probe."""
    return "fine"


def app() -> FastAPI:
    """The routes, as strict as they are in a service."""
    made = FastAPI()
    error_handlers.install(made)
    made.router.routes.extend(router.routes)
    for route in api_routes(made):
        if refuses_unknown(route):
            refuse_unknown(route)
    return made


async def answered(address: str) -> tuple[int, list[str]]:
    """The status, and which parameters were refused."""
    transport = httpx.ASGITransport(app=app())
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        answer = await client.get(address)
    return answer.status_code, [fault["field"] for fault in answer.json()["errors"]] if answer.is_error else []


async def test_a_parameter_is_known_by_its_name_on_the_wire() -> None:
    """A dependency's as well; a misspelt one is named, beside others that fit."""
    assert await answered("/api/things?siteId=a&limit=2") == (200, [])
    assert await answered("/api/things?siteId=a&site_id=a&Limit=") == (422, ["site_id", "Limit"])


async def test_the_fields_of_a_model_are_parameters() -> None:
    """By their names on the wire; headers are none."""
    assert await answered("/api/reports?beginsAt=1&interval=hour") == (200, [])
    assert await answered("/api/reports?begins_at=1&x-trace=1") == (422, ["begins_at", "x-trace"])


async def test_a_refusal_is_bounded() -> None:
    """It names ten parameters, and a hundred characters of each."""
    status, fields = await answered("/api/things?" + "&".join(f"{number}{'x' * 200}=" for number in range(100, 150)))

    assert status == 422
    assert fields == [f"{number}{'x' * 97}" for number in range(100, 110)]


async def test_links_and_probes_take_what_others_add() -> None:
    """Trackers and probes send parameters of their own."""
    assert await answered("/api/open?utm_source=mail") == (200, [])
    assert await answered("/probe?x=1") == (200, [])
