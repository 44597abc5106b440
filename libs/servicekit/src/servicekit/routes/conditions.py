"""The conditions that a caller puts on a change: If-Match (rules.md 9) and Idempotency-Key (rules.md 10)."""

from typing import Annotated

from contracts.value import value
from fastapi import Depends
from starlette.requests import Request

from servicekit.auth.caller import Caller
from servicekit.errors import VersionMismatch412
from servicekit.http.etags import expected_version
from servicekit.http.idempotency_key import IdempotencyKey
from servicekit.http.openapi_notes import Header, documents
from servicekit.routes.idempotency import IDEMPOTENCY_KEY, KEY_REFUSALS, key_of

IF_MATCH = Header(
    "If-Match",
    "Refuses the change (412) unless this is the version: the ETag of the answer that the caller has seen.",
    {"type": "string"},
)


@value
class Conditions:
    """The conditions of one request, for a use case that judges them in statements of its own."""

    request: Request

    @property
    def expected_version(self) -> int | None:
        """The version in If-Match, None when any will do; raises VersionMismatch412 for what can be none."""
        return expected_version(self.request)

    async def key(self, caller: Caller) -> IdempotencyKey | None:
        """The request under its Idempotency-Key, or None; raises ValidationFailed422 for what cannot be a key."""
        return await key_of(self.request, caller)


@documents(VersionMismatch412, *KEY_REFUSALS, headers=[IF_MATCH, IDEMPOTENCY_KEY])
async def conditions(request: Request) -> Conditions:
    """This request's conditions; nothing is read before it is asked for."""
    return Conditions(request)


ConditionsDep = Annotated[Conditions, Depends(conditions)]
