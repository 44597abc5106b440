"""How exceptions become problem documents: ours, FastAPI's, and the database's."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from servicekit.db.database import CONTENDED, is_unavailable
from servicekit.errors import (
    BadRequest400,
    BodyTooLarge413,
    Conflict409,
    MethodNotAllowed405,
    NotFound404,
    ServiceError,
    ServiceUnavailable503,
    UnsupportedMediaType415,
    ValidationFailed422,
)
from servicekit.http.free_text import FREE_TEXT
from servicekit.http.problems import problem_answer
from servicekit.upstream.errors import RemoteProblem

_BY_STATUS: dict[int, type[ServiceError]] = {
    error.status: error
    for error in (BadRequest400, NotFound404, MethodNotAllowed405, BodyTooLarge413, UnsupportedMediaType415)
}
_LOST_RACE = (*CONTENDED, asyncpg.UniqueViolationError)
"""Others were faster; where two may want one unique thing, a repository that foresees it says something better."""
_TOO_SLOW = (asyncpg.QueryCanceledError, TimeoutError)

log = structlog.get_logger(__name__)


def install(app: FastAPI) -> None:
    """Register every handler; what none of them takes is a fault of ours and is answered by the exchange."""
    app.add_exception_handler(ServiceError, _refusal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RemoteProblem, _unforeseen)
    for kind in (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        app.add_exception_handler(kind, _database)


async def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)  # noqa: S101  # registered for nothing else
    return problem_answer(request.scope, error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for nothing else
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return problem_answer(request.scope, BadRequest400("The body is not valid JSON."))
    return problem_answer(request.scope, ValidationFailed422(errors=[_field(fault) for fault in faults]))


def _field(fault: dict[str, Any]) -> dict[str, str]:
    """The field's path as the client wrote it, and what is wrong; never the value itself."""
    if fault["type"] == "string_pattern_mismatch" and fault["ctx"]["pattern"] == FREE_TEXT:
        message = "must be one line of text, without control characters"
    else:
        message = fault["msg"].removeprefix("Value error, ")
    return {"field": _path(fault["loc"]), "message": message}


def _path(location: Sequence[str | int]) -> str:
    """`items[0].quantity` for a body; parameters by their own name."""
    path = ""
    for part in location[1:] or location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


async def _http(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: no such route, no such method, an unreadable body."""
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for nothing else
    kind = _BY_STATUS.get(error.status_code)
    if kind is None:
        raise error
    headers = {"Allow": _methods(request)} if kind is MethodNotAllowed405 else error.headers
    return problem_answer(request.scope, kind(headers=headers))


def _methods(request: Request) -> str:
    """Every method of this address: its routes have one each, and the framework names the first one's."""
    routes = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(sorted({method for route in routes for method in getattr(route, "methods", None) or ()}))


async def _unforeseen(request: Request, error: Exception) -> Response:
    """Another service refused what this one should have been allowed: our fault, but for the shopper it is away."""
    log.error("upstream_refused", error=str(error))
    return problem_answer(request.scope, ServiceUnavailable503())


async def _database(request: Request, error: Exception) -> Response:
    """A database that is away is 503, a lost race 409, a value that it cannot store 422; the rest is our fault."""
    refusal = _of_database(error)
    if refusal is None:
        raise error
    constraint = getattr(error, "constraint_name", None)
    log.warning("database_refused", error=type(error).__name__, constraint=constraint, status=refusal.status)
    return problem_answer(request.scope, refusal)


def _of_database(error: Exception) -> ServiceError | None:
    if isinstance(error, _LOST_RACE):
        return Conflict409()
    if isinstance(error, asyncpg.DataError):
        return ValidationFailed422("A value is too large, or holds a character that cannot be stored.")
    if isinstance(error, _TOO_SLOW) or is_unavailable(error):
        return ServiceUnavailable503()
    return None
