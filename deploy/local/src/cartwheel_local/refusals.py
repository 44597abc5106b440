"""The gateway's own refusals: nginx's pages of HTML replaced by the problem documents of the services (api.md)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from servicekit.errors import (
    PROBLEM_JSON,
    AddressTooLong414,
    BadRequest400,
    BodyTooLarge413,
    Forbidden403,
    HeadersTooLarge431,
    Maintenance503,
    MethodNotAllowed405,
    NotFound404,
    RateLimited429,
    ServiceError,
    ServiceUnavailable503,
    Unauthenticated401,
    VersionMismatch412,
)

from cartwheel_local.switches import RETRY_SECONDS

PATH = "/gateway/problems"
"""Where nginx finds the document of a request that it could not read; from outside there is nothing (404)."""

SECURITY_HEADERS = (
    ("X-Request-Id", "$request_reference"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is answered where nginx would end a request with one of `statuses`.

    `is_unread`: the request may have no address yet, and then nginx answers 500 instead of going to a named location.
    """

    error: type[ServiceError]
    statuses: tuple[int, ...]
    headers: tuple[tuple[str, str], ...] = ()
    is_unread: bool = False
    name: str = ""
    """Tells two of one status apart."""

    @property
    def place(self) -> str:
        """Where nginx goes for the document."""
        return f"{PATH}/{self.error.status}" if self.is_unread else f"@problem_{self.name or self.error.status}"


REFUSALS = (
    Refusal(BadRequest400, (400, 501, 505), is_unread=True),
    Refusal(Unauthenticated401, (401,)),
    Refusal(Forbidden403, (403,)),
    Refusal(NotFound404, (404,)),
    Refusal(MethodNotAllowed405, (405,), (("Allow", "$allowed_methods"),)),
    Refusal(VersionMismatch412, (412,)),
    Refusal(BodyTooLarge413, (413,)),
    Refusal(AddressTooLong414, (414,), is_unread=True),
    Refusal(RateLimited429, (429,), (("Retry-After", "2"),)),
    Refusal(HeadersTooLarge431, (494,), is_unread=True),
    Refusal(Maintenance503, (530,), (("Retry-After", str(RETRY_SECONDS)),), name="maintenance"),
    Refusal(ServiceUnavailable503, (500, 502, 503, 504), (("Retry-After", "2"),)),
)
"""Every status that nginx can end a request with here; 494 is its own for headers that are too large, 530 ours
for what waits for the end of maintenance."""


def render_error_pages(refusals: Iterable[Refusal] = REFUSALS) -> str:
    """Write where nginx goes with each status, and the status that is answered instead."""
    return "\n".join(
        f"        error_page {' '.join(map(str, refusal.statuses))} ={refusal.error.status} {refusal.place};"
        for refusal in refusals
    )


def render_problems(refusals: Iterable[Refusal] = REFUSALS) -> str:
    """Write a location per refusal, in the shape of every other (api.md, "Problem")."""
    return "\n".join(_location(refusal) for refusal in refusals)


def _location(refusal: Refusal) -> str:
    """One location; a header of its own makes nginx forget those of the levels above, so it has them all."""
    headers = "".join(
        f"            add_header {name} {value} always;\n" for name, value in (*SECURITY_HEADERS, *refusal.headers)
    )
    match = f"= {refusal.place}" if refusal.is_unread else refusal.place
    return (
        f"        location {match} {{\n            internal;\n            default_type {PROBLEM_JSON};\n{headers}"
        f"            return {refusal.error.status} '{_document(refusal.error)}';\n        }}"
    )


def _document(error: type[ServiceError]) -> str:
    """The problem document, with the variables that nginx fills in; no sentence has a quote or a dollar sign."""
    return json.dumps(
        {
            "type": f"urn:cartwheel:problem:{error.code.lower().replace('_', '-')}",
            "title": error.code.replace("_", " ").capitalize(),
            "status": error.status,
            "code": error.code,
            "detail": error.sentence,
            "action": error.action,
            "instance": "$instance",
            "requestId": "$request_reference",
        },
        separators=(",", ":"),
    )
