"""An API that keeps notes: one route for each thing that the chassis promises."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from fastapi import APIRouter, FastAPI
from servicekit.auth.caller import Caller
from servicekit.cli.main import main
from servicekit.db import TenantUnit
from servicekit.errors import Conflict409, NotFound404, problems
from servicekit.http.answers import Answer, Json
from servicekit.http.bodies import Body, View
from servicekit.ids import new_id
from servicekit.roles.api import create_app
from servicekit.roles.service import Service
from servicekit.routes.callers import Admin, Customer, Guest, GuestOrNone, Platform, ServiceCaller, Shopper
from servicekit.routes.conditions import ConditionsDep
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.rate_limits import rate_limit
from servicekit.routes.transactions import TenantUnitDep
from servicekit.settings import ServiceSettings
from servicekit.testing import Servers, make_settings
from sqlalchemy import MetaData

NOWHERE = Servers("postgresql://nobody@127.0.0.1:1/none", "redis://127.0.0.1:1", "amqp://127.0.0.1:1")
"""Servers that are all away: the chassis must stand without them."""


class NewNote(Body):
    """A note to keep."""

    text: str
    stars: int = 0
    labels: list[str] = []


class NoteView(View):
    """A kept note."""

    id: UUID
    text: str


router = APIRouter()


@router.post("/notes", status_code=201, response_model=NoteView, responses=problems(Conflict409))
async def add(body: NewNote, guest: GuestOrNone, once: OnceDep) -> Any:
    """Keep a note; a text of "taken" is refused after it was written, one of "broken" fails."""
    return await once.run(keep_note, once.unit, body.text)


async def keep_note(unit: TenantUnit, text: str) -> Answer:
    """Keep a note; its answer has an ETag."""
    identifier = new_id()
    await unit.execute("INSERT INTO notes VALUES ($1, $2, $3)", unit.company_id, identifier, text)
    if text == "taken":
        raise Conflict409
    if text == "broken":
        raise RuntimeError("ada@example.org broke it")
    return Answer(201, {"id": identifier, "text": text}, {"ETag": '"1"'})


@router.post("/notes/shown", status_code=201, response_model=NoteView)
async def add_shown(body: NewNote, guest: GuestOrNone, once: OnceDep) -> Any:
    """Keep a note and show it as a view does."""
    return await once.show(201, lambda answer: NoteView(**answer.content), keep_note, once.unit, text=body.text)


@router.post("/notes/silent", status_code=204, response_model=None)
async def add_silently(body: NewNote, guest: GuestOrNone, once: OnceDep) -> Any:
    """Keep a note and show nothing."""
    return await once.silently(keep_note, once.unit, body.text)


@router.post("/notes/unkeyed", status_code=204, response_model=None)
async def add_without_key(body: NewNote, guest: GuestOrNone, unit: TenantUnitDep) -> Any:
    """Keep a note as often as it is posted: no key is read."""
    await keep_note(unit, body.text)


@router.get("/notes", response_model=list[str])
async def texts(guest: GuestOrNone, unit: TenantUnitDep) -> Json:
    """Every note of the company."""
    return Json([row["body"] for row in await unit.fetch("SELECT body FROM notes ORDER BY id")])


@router.post("/echo", response_model=NewNote)
async def echo(body: NewNote) -> Json:
    """The body, as it was understood."""
    return Json(body)


@router.get("/secret/{token}")
async def fail(token: str) -> Json:
    """Fail with something personal in the message."""
    raise RuntimeError(f"ada@example.org could not use {token}")


@router.get("/versions", response_model=int | None)
async def version(conditions: ConditionsDep) -> Json:
    """The version that If-Match names."""
    return Json(conditions.expected_version)


@router.post("/limited/local", dependencies=[rate_limit("local", "3/minute")], response_model=str)
async def limited_locally() -> Json:
    """Three a minute, in this process alone while Redis is away."""
    return Json("passed")


@router.post("/limited/closed", dependencies=[rate_limit("closed", "3/minute", fallback="closed")], response_model=str)
async def limited_closed() -> Json:
    """Three a minute, none while Redis is away."""
    return Json("passed")


def _shown(caller: Caller) -> Json:
    return Json(
        {
            "kind": caller.kind,
            "company": caller.company_id,
            "subject": caller.subject,
            "actor": caller.actor,
            "occurred": caller.occurred_at,
        }
    )


@router.get("/as/customer")
async def as_customer(caller: Customer) -> Json:
    """Who the chassis takes the caller for."""
    return _shown(caller)


@router.get("/as/guest")
async def as_guest(caller: Guest) -> Json:
    """Who the chassis takes the caller for."""
    return _shown(caller)


@router.get("/as/visitor")
async def as_visitor(caller: GuestOrNone) -> Json:
    """Who the chassis takes the caller for."""
    return _shown(caller)


@router.get("/as/shopper")
async def as_shopper(caller: Shopper) -> Json:
    """Who the chassis takes the caller for."""
    return _shown(caller)


@router.get("/as/staff")
async def as_staff(caller: Admin) -> Json:
    """Who the chassis takes the caller for."""
    return _shown(caller)


@router.post("/as/staff")
async def write_as_staff(caller: Admin) -> Json:
    """Who the chassis takes the caller for."""
    return _shown(caller)


@router.get("/as/platform")
async def as_platform(caller: Platform) -> Json:
    """Who the chassis takes the caller for."""
    return _shown(caller)


@router.get("/as/service")
async def as_service(caller: ServiceCaller) -> Json:
    """Who the chassis takes the caller for."""
    return _shown(caller)


@router.get("/missing", responses=problems(NotFound404))
async def missing() -> Json:
    """Nothing is ever here."""
    raise NotFound404


def notes_app(
    servers: Servers = NOWHERE,
    database_url: str = NOWHERE.postgres_url,
    *,
    routers: Sequence[APIRouter] = (),
    **fields: Any,
) -> FastAPI:
    """The production factory with these settings."""
    settings = make_settings(ServiceSettings, servers, database_url, **fields)
    return create_app(NOTES, settings, routers=[*routers, router], larger_bodies={"/echo": 4096})


NOTES: Service[ServiceSettings, None] = Service(
    name="notes",
    settings=ServiceSettings,
    metadata=MetaData(),
    migrations=Path(__file__).parent / "notes_migrations",
    create_app=lambda settings: create_app(NOTES, settings, routers=[router]),
)


@asynccontextmanager
async def notes_client(app: FastAPI, **kwargs: Any) -> AsyncGenerator[httpx.AsyncClient]:
    """The app running, called from an address of one's choice (`address`)."""
    transport = httpx.ASGITransport(app=app, client=(kwargs.pop("address", "203.0.113.7"), 5000))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://notes", **kwargs) as client,
    ):
        yield client


if __name__ == "__main__":
    main(NOTES)
