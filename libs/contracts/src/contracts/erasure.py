"""Erasing a customer: what cart asks of every service, and what each answers (rules.md 35)."""

from typing import ClassVar
from uuid import UUID

from contracts.base import Event


class CustomerErasureRequested(Event):
    """All that is kept about a customer is to be erased; the aggregate is the erasure, its version one request of it.

    The customer's id is sealed for `erasure_context` with a key that services alone have, in base64. `cart_ids` are
    carts of theirs, and such as went into those; a customer of many carts has several requests.
    """

    type: ClassVar[str] = "customer.erasure_requested.v1"
    aggregate: ClassVar[str] = "erasure"
    personal: ClassVar[bool] = True
    sealed: ClassVar[bool] = True
    customer_sealed: str
    cart_ids: tuple[UUID, ...]


class CustomerErased(Event):
    """A service has erased what it kept about the customer of a request, whose aggregate and version these are."""

    type: ClassVar[str] = "customer.erased.v1"
    aggregate: ClassVar[str] = "erasure"
    service: str


def erasure_context(company_id: UUID) -> bytes:
    """What a customer's id is sealed for, so that it opens as a customer of that company alone."""
    return b"CustomerErasureRequested customer" + company_id.bytes
