"""Everything that the client raises.

* CartwheelError
  + TransportFailed: there was no answer
    - TimedOut
  + UnexpectedAnswer: an answer that is not the documented one
  + Problem: the server refused, and says why (RFC 9457)
    - BadRequest, Unauthenticated, Forbidden, NotFound, Conflict, VersionMismatch, Invalid, RateLimited
    - ServerFault
      . Unavailable
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

PROBLEM_JSON = "application/problem+json"
_SHOWN = 300
_LONGEST_ID = 40


class CartwheelError(Exception):
    """Base of what the client raises."""


class TransportFailed(CartwheelError):
    """The request was not answered: no connection, or one that broke. It may have had its effect."""


class TimedOut(TransportFailed):
    """The answer did not come in time."""


class UnexpectedAnswer(CartwheelError):
    """The answer is neither a problem nor what the API's description promises; the message says what it was."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """A field of the request that does not fit."""

    field: str
    message: str


class Problem(CartwheelError):
    """The server refused: nothing was changed, unless it is a ServerFault.

    `code` is for programs ("ITEM_OUT_OF_STOCK"), `detail` is a sentence for the shopper in the language of the request,
    `action` says what to do. `members` is the whole document: some codes have members of their own.
    """

    def __init__(self, response: httpx.Response, members: Mapping[str, Any]) -> None:
        self.status = response.status_code
        self.code = str(members.get("code", ""))
        self.detail = str(members.get("detail", ""))
        self.action = str(members.get("action", ""))
        self.errors: Sequence[FieldError] = tuple(_field_errors(members))
        self.request_id = str(members.get("requestId", response.headers.get("x-request-id", "")))
        self.retry_after = _seconds(response.headers.get("retry-after"))
        """Seconds after which another attempt makes sense; None when the server gives none."""
        self.members = members
        fields = "".join(f"; {error.field}: {error.message}" for error in self.errors)
        super().__init__(f"{call_of(response.request)}: {self.status} {self.code} {self.detail}{fields}".rstrip())


class BadRequest(Problem):
    """400: the request cannot be read, or a code or a link is no good."""


class Unauthenticated(Problem):
    """401: no token, or none that is accepted."""


class Forbidden(Problem):
    """403: the token is good, and does not allow this."""


class NotFound(Problem):
    """404: there is no such thing, or it is another company's."""


class Conflict(Problem):
    """409: the state of things does not allow this; `code` says which."""


class VersionMismatch(Problem):
    """412: `if_version` names a version that is not the current one any more."""


class Invalid(Problem):
    """422: what was sent does not fit; `errors` names the fields."""


class RateLimited(Problem):
    """429: too many requests; `retry_after` says when to come back."""


class ServerFault(Problem):
    """5xx: the server failed; it may be unknown whether the request had its effect."""


class Unavailable(ServerFault):
    """502, 503 and 504: the service, or one that it needs, is away."""


_BY_STATUS: Mapping[int, type[Problem]] = {
    400: BadRequest,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: VersionMismatch,
    422: Invalid,
    429: RateLimited,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def call_of(request: httpx.Request) -> str:
    """Method and path, for messages; tokens, which are longer than any id, are left out."""
    path = "/".join(part if len(part) <= _LONGEST_ID else "…" for part in request.url.path.split("/"))
    return f"{request.method} {path}"


def problem_of(response: httpx.Response) -> Problem:
    """The problem that a refusal (4xx or 5xx) says; one of a proxy, without a document, has an empty code."""
    kind = _BY_STATUS.get(response.status_code, ServerFault if response.is_server_error else Problem)
    return kind(response, _members(response))


def _members(response: httpx.Response) -> Mapping[str, Any]:
    if response.headers.get("content-type", "").startswith(PROBLEM_JSON):
        try:
            document = response.json()
        except ValueError:
            document = None
        if isinstance(document, dict):
            return document
    return {"detail": response.text[:_SHOWN]}


def _field_errors(members: Mapping[str, Any]) -> Sequence[FieldError]:
    errors = members.get("errors") or ()
    return [FieldError(str(error.get("field", "")), str(error.get("message", ""))) for error in errors]


def _seconds(header: str | None) -> float | None:
    """Retry-After in seconds; a date, which Cartwheel never sends, counts as not said."""
    try:
        return max(0.0, float(header)) if header is not None else None
    except ValueError:
        return None
