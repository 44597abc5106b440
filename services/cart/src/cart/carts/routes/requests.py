"""Between HTTP and the use cases of carts: who asks, with which conditions, and how an answer goes out."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from servicekit.auth.caller import Caller
from servicekit.db import TenantUnit, Unit
from servicekit.errors import Conflict409, IdempotencyInProgress409, IdempotencyKeyReused422, ServiceError
from servicekit.http.answers import Answer
from servicekit.http.problems import refusal
from servicekit.process.kit import kit_of
from servicekit.routes.conditions import Conditions
from starlette.requests import Request
from starlette.responses import Response

from cart import errors
from cart.carts.domain.values import Address, CustomerTerms
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.answers import keep_refusal
from cart.carts.use_cases.apply_code import CodeApplication, CodeApplier
from cart.carts.use_cases.requests import ChangeRequest
from cart.delivery.use_cases.set_address import AddressChange, AddressSetter

_NO_ANSWERS = (Conflict409, IdempotencyInProgress409, IdempotencyKeyReused422, errors.CartNotFound)


def moment(caller: Caller, unit: Unit) -> datetime:
    """When the request happens: now, unless a backfill says otherwise."""
    return caller.occurred_at or unit.now


def terms_of(caller: Caller) -> CustomerTerms | None:
    """What a customer's token says that prices depend on; None for whoever is no customer (rules.md 36)."""
    return CustomerTerms(caller.groups, caller.tax_exempt) if caller.kind == "customer" else None


async def change_request(conditions: Conditions, caller: Caller, unit: Unit, selector: Selector) -> ChangeRequest:
    """The request's conditions on one cart: who and when, If-Match, Idempotency-Key."""
    return ChangeRequest(
        selector=selector,
        actor=caller.actor,
        now=moment(caller, unit),
        key=await conditions.key(caller),
        expected_version=conditions.expected_version,
        terms=terms_of(caller),
    )


def moment_outside(request: Request, caller: Caller) -> datetime:
    """When a request happens that has no unit of its own yet."""
    return caller.occurred_at or kit_of(request).clock.now()


def code_application(
    conditions: Conditions, applier: CodeApplier, caller: Caller, selector: Selector, code: str
) -> CodeApplication:
    """One code for the caller's cart, under the request's conditions."""
    now = moment_outside(conditions.request, caller)
    return CodeApplication(applier, selector, caller.actor, now, conditions.expected_version, code, terms_of(caller))


def address_change(
    conditions: Conditions, setter: AddressSetter, caller: Caller, selector: Selector, address: Address
) -> AddressChange:
    """An address for the caller's cart, under the request's conditions."""
    now = moment_outside(conditions.request, caller)
    return AddressChange(setter, selector, caller.actor, now, conditions.expected_version, address, terms_of(caller))


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


async def answered(
    conditions: Conditions, unit: TenantUnit, change: ChangeRequest, outcome: Awaitable[Answer]
) -> Response:
    """The change's answer. Under an Idempotency-Key a refusal is an answer too, stored and replayed (rules.md 10).

    What only says that others were faster (Conflict409), or speaks of the key, is none: the same call may succeed the
    next time, and the key may be another request's. Nor is CartNotFound: who opens no cart stores nothing here, because
    session tokens can be made up without end.
    """
    try:
        return (await outcome).response()
    except ServiceError as error:
        if error.status >= 500 or change.key is None or isinstance(error, _NO_ANSWERS):
            raise
        answer = refusal(conditions.request.scope, error).rendered()
        await keep_refusal(unit, change.key, answer)
        return answer.response()
