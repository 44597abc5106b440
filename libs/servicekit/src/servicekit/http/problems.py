"""Problem documents (RFC 9457): how an error becomes an answer, and nothing inside leaks out."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from starlette.responses import Response
from starlette.types import Scope

from servicekit.errors import PROBLEM_JSON, ServiceError
from servicekit.http.answers import Answer, Json
from servicekit.languages.sentences import content_language, translated

INTERNAL_ERROR = "INTERNAL_ERROR"
"""The code of a fault of ours: nobody switches on it, so it is not one of the contract's codes."""


class FieldError(BaseModel):
    """One field that does not fit."""

    field: str
    message: str


class Problem(BaseModel):
    """The body of every answer that refuses (api.md, "Problem"); some codes carry more members."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    action: str
    instance: str
    requestId: str  # noqa: N815  # the name on the wire
    errors: list[FieldError] | None = None


def refusal(scope: Scope, error: ServiceError) -> Answer:
    """The answer for this error, in the language of the request."""
    content = document(scope, error)
    return Answer(error.status, content, {**error.headers, **content_language()}, PROBLEM_JSON)


def problem_answer(scope: Scope, error: ServiceError) -> Response:
    """The response for this error, in the language of the request."""
    return refusal(scope, error).response()


def document(scope: Scope, error: ServiceError) -> dict[str, Any]:
    """The problem's members; `extra` never overrides a standard one."""
    detail = translated(error.detail or error.sentence, **error.extra)
    action = translated(error.action, **error.extra)
    return {**error.extra, **_members(scope, str(error.code), error.status, detail, action)}


def fault_answer(scope: Scope) -> Json:
    """The 500 of a fault of ours: says only which request to ask about."""
    detail = translated("Something went wrong on our side.")
    action = translated("Try again; if it stays, report the requestId.")
    return Json(_members(scope, INTERNAL_ERROR, 500, detail, action), status=500, media_type=PROBLEM_JSON)


def _members(scope: Scope, code: str, status: int, detail: str, action: str) -> dict[str, Any]:
    return {
        "type": f"urn:cartwheel:problem:{code.lower().replace('_', '-')}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        "action": action,
        "instance": scope["path"],
        "requestId": scope.get("request_id", ""),
    }
