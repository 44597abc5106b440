"""Dead letters over HTTP: staff see and replay those about their company, the platform all (operations.md)."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Annotated, TypeVar
from uuid import UUID

import orjson
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from contracts.audit import FieldChange
from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request

from servicekit.auth.caller import Caller
from servicekit.errors import Conflict409, NotFound404, ServiceUnavailable503, problems
from servicekit.http.answers import Json
from servicekit.http.bodies import View
from servicekit.http.paging import Cursor, CursorText, Limit, Page, paginate
from servicekit.messaging.broker import PUBLISH_TIMEOUT_SECONDS, Broker, PublishFailed
from servicekit.messaging.dead_letter_walk import Wanted, replay_all
from servicekit.messaging.dead_letters import DeadLetter, DeadLetterNotFound, DeadLetters, ReplayRefused
from servicekit.process.kit import AnyKit, kit_of
from servicekit.routes.audits import Audit, AuditDep, AuditSubject
from servicekit.routes.callers import Admin, admin
from servicekit.routes.rate_limits import STAFF_CHANGES, rate_limit

ViewT = TypeVar("ViewT", bound=View)

DEAD_LETTER = AuditSubject("dead_letter", "letter_id")
DEAD_LETTERS = AuditSubject("dead_letters")

DeadLetterId = Annotated[UUID, Path(alias="letter_id")]  # the name in the published path
FilterText = Annotated[str | None, Query(max_length=200)]
WALK_SECONDS = 15.0
"""How long a walk over HTTP may take; the gateway waits 30 s."""
Operator = Annotated[Caller, Depends(admin("admin"))]
"""Who may replay a dead letter: admins of the company it is about, and the platform."""


class DeadLetterView(View):
    """A message that could not be handled, without its body."""

    id: UUID
    queue: str
    event_id: str
    event_type: str
    handlers: str
    attempts: int
    error: str
    first_failed_at: datetime
    last_failed_at: datetime


class ReplayView(View):
    """What a walk through the dead letters did, of those that the caller may see.

    `replayed` went to their queues. The others stay: `skipped` do not fit the filter, `withheld` have no body, `tooOld`
    failed more than 14 days ago, the queue of `queueGone` does not exist any more. When not `isComplete` the time was
    over, and sending the request again goes on.
    """

    replayed: int
    skipped: int
    withheld: int
    too_old: int
    queue_gone: int
    is_complete: bool


def add_dead_letters(routes: APIRouter) -> None:
    """Add the routes of dead letters to a service's operations."""

    @routes.get("/dead-letters", response_model=Page[DeadLetterView], responses=problems(ServiceUnavailable503))
    async def list_dead_letters(request: Request, caller: Admin, limit: Limit = 50, cursor: CursorText = None) -> Json:
        """The company's dead letters, oldest failure first; the platform sees all."""
        after = Cursor.decode(cursor, _moment, UUID)
        async with _dead_letters(kit_of(request)) as dead_letters:
            found = await dead_letters.list(limit + 1, after, lambda dead_letter: _may_see(caller, dead_letter))
        return Json(paginate(found, limit, _dead_letter_view, lambda dead_letter: dead_letter.place))

    @routes.post(
        "/dead-letters/{letter_id}/replay",
        response_model=DeadLetterView,
        responses=problems(NotFound404, Conflict409, ServiceUnavailable503),
        dependencies=[STAFF_CHANGES, DEAD_LETTER.audited("replayed")],
    )
    async def replay_dead_letter(
        request: Request, caller: Operator, audit: AuditDep, dead_letter_id: DeadLetterId
    ) -> Json:
        """Send a dead letter to its queue again; 409 when it is too old. Who handled it before will not again."""
        async with _dead_letters(kit_of(request)) as dead_letters:
            try:
                if not _may_see(caller, await dead_letters.show(dead_letter_id)):
                    raise NotFound404
                replayed = await dead_letters.replay(dead_letter_id, partial(_record, audit))
                return Json(_dead_letter_view(replayed))
            except DeadLetterNotFound:
                raise NotFound404 from None
            except ReplayRefused as refused:
                raise Conflict409("It cannot be replayed: {reason}.", reason=str(refused)) from None

    _add_replay_of_all(routes)


def _add_replay_of_all(routes: APIRouter) -> None:
    @routes.post(
        "/dead-letters/replay",
        response_model=ReplayView,
        responses=problems(ServiceUnavailable503),
        dependencies=[rate_limit("dead_letter_walks", "30/minute"), DEAD_LETTERS.audited("replayed")],
    )
    async def replay_dead_letters(
        request: Request,
        caller: Operator,
        audit: AuditDep,
        queue: FilterText = None,
        event_type: Annotated[str | None, Query(alias="type", max_length=200)] = None,
        reason: Annotated[str | None, Query(max_length=200, description="A part of the error, in any case.")] = None,
    ) -> Json:
        """Send all of the company's dead letters to their queues again, or those that fit; the platform those of all.

        In one walk of at most 15 s, each once: what fails again meanwhile is not sent again. Repeating it does no harm.
        """
        async with _dead_letters(kit_of(request)) as dead_letters:
            await audit.record_alone(kit_of(request).service, _filters(queue=queue, type=event_type))
            counts = await replay_all(
                dead_letters,
                Wanted(queue, event_type, reason),
                may_see=lambda dead_letter: _may_see(caller, dead_letter),
                within=WALK_SECONDS,
            )
        return Json(_view(ReplayView, counts))


@asynccontextmanager
async def _dead_letters(kit: AnyKit) -> AsyncGenerator[DeadLetters]:
    """The dead letters over a connection of their own: an api needs the broker for nothing else."""
    try:
        async with asyncio.timeout(PUBLISH_TIMEOUT_SECONDS):
            broker = await Broker.connect(kit.settings.rabbitmq_url, name=f"{kit.service} operations")
    except TimeoutError:
        raise ServiceUnavailable503 from None
    try:
        yield DeadLetters(broker, kit.service)
    except (PublishFailed, *CONNECTION_EXCEPTIONS):
        raise ServiceUnavailable503 from None
    finally:
        await broker.close()


async def _record(audit: Audit, dead_letter: DeadLetter) -> None:
    await audit.record_alone(str(dead_letter.id), _filters(queue=dead_letter.queue, type=dead_letter.event_type))


def _filters(**filters: str | None) -> dict[str, FieldChange]:
    """What a replay was narrowed to."""
    return {name: FieldChange(after=value) for name, value in filters.items() if value is not None}


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment


def _may_see(caller: Caller, dead_letter: DeadLetter) -> bool:
    """The platform sees all; a company only what is about itself, which a withheld body cannot show."""
    return caller.kind == "platform" or _company(dead_letter) == str(caller.company_id)


def _company(dead_letter: DeadLetter) -> object:
    try:
        envelope = orjson.loads(dead_letter.body or b"")
    except orjson.JSONDecodeError:
        return None
    return envelope.get("companyid") if isinstance(envelope, dict) else None


def _dead_letter_view(dead_letter: DeadLetter) -> DeadLetterView:
    return _view(DeadLetterView, dead_letter)


def _view(view: type[ViewT], shown: object) -> ViewT:
    return view(**{name: getattr(shown, name) for name in view.model_fields})
