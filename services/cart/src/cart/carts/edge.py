"""Between HTTP and the use cases of carts: who asks, with which conditions, and how an answer goes out."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from servicekit.auth.caller import Caller
from servicekit.db import TenantUnit, Unit
from servicekit.errors import Conflict409, IdempotencyKeyReused422, ServiceError
from servicekit.http.answers import Json
from servicekit.http.etags import etag, expected_version
from servicekit.http.problems import problem_answer
from servicekit.process.kit import kit_of
from servicekit.routes.idempotency import Fingerprint, fingerprint, replay, seal
from servicekit.sealing import Sealer
from starlette.requests import Request
from starlette.responses import Response

from cart.carts import repository
from cart.carts.changing import Answer, Ask
from cart.carts.repository import KeptAnswer, Selector, StoredAnswer

_NO_ANSWERS = (Conflict409, IdempotencyKeyReused422)


def moment(caller: Caller, unit: Unit) -> datetime:
    """When the request happens: now, unless a backfill says otherwise."""
    return caller.occurred_at or unit.now


async def ask_as(request: Request, caller: Caller, unit: Unit, selector: Selector) -> Ask:
    """The request's conditions on one cart: who and when, If-Match, Idempotency-Key."""
    found = await fingerprint(request, caller)
    return Ask(
        selector=selector,
        actor=caller.actor,
        now=moment(caller, unit),
        expected_version=expected_version(request),
        keeper=Keeper(kit_of(request).sealer, found) if found else None,
    )


def guest_selector(caller: Caller, cart_id: UUID | None = None) -> Selector:
    """The cart that the guest's token opens, which must have the id when one is given (rules.md 7)."""
    if caller.session_hash is None:
        raise ValueError("a guest's route has a session")
    return Selector.by_session(caller.session_hash, cart_id)


def customer_selector(caller: Caller, site_id: UUID | None) -> Selector:
    """The customer's one open cart: on the site named, else the token's, else the company's first (rules.md 36)."""
    return Selector.by_customer(caller.subject, site_id or caller.site_id)


SiteId = Annotated[
    UUID | None, Query(alias="siteId", description="The site; else the token's, else the company's first.")
]


def shopper_selector(caller: Caller, cart_id: UUID) -> Selector:
    """One cart by its id, if it is this shopper's."""
    if caller.kind == "guest":
        return guest_selector(caller, cart_id)
    return Selector.by_customer_and_id(caller.subject, cart_id)


class Keeper:
    """The request's Idempotency-Key, as the one statement that saves a cart stores it (rules.md 10)."""

    def __init__(self, sealer: Sealer, found: Fingerprint) -> None:
        self._sealer, self._found = sealer, found
        self.identity, self.key = found.identity, found.key

    def keep(self, answer: Answer) -> KeptAnswer:
        """The answer, sealed, under the key."""
        return self.keep_response(respond(answer))

    def keep_response(self, response: Response) -> KeptAnswer:
        """Any answer, a refusal too, sealed under the key."""
        sealed = seal(self._sealer, self._found, response)
        return KeptAnswer(self.identity, self.key, self._found.request_hash, response.status_code, sealed)

    def replay(self, earlier: StoredAnswer) -> Answer:
        """The first call's answer; raises IdempotencyKeyReused422 for another request."""
        record = {"request_hash": earlier.request_hash, "status": earlier.status, "answer": earlier.answer}
        return Replayed(replay(self._sealer, self._found, record))


class Replayed(Answer):
    """An answer that was given before, with its headers."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code, bytes(response.body), replayed=True)
        self.response = response


def respond(answer: Answer) -> Response:
    """The answer with its ETag; a replay as it was."""
    if isinstance(answer, Replayed):
        return answer.response
    return Json(answer.body, answer.status, {} if answer.version is None else {"ETag": etag(answer.version)})


async def answered(request: Request, ask: Ask, unit: TenantUnit, change: Awaitable[Answer]) -> Response:
    """The change's answer. Under an Idempotency-Key a refusal is an answer too, stored and replayed (rules.md 10).

    What only says that others were faster (Conflict409) is none: the same call may succeed the next time.
    """
    try:
        return respond(await change)
    except ServiceError as refusal:
        if refusal.status >= 500 or not isinstance(ask.keeper, Keeper) or isinstance(refusal, _NO_ANSWERS):
            raise
        response = problem_answer(request.scope, refusal)
        await repository.keep_answer(unit, ask.keeper.keep_response(response))
        return response
