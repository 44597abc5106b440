"""An ordered cart as it is archived, and what of it is about a person: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.money import MinorUnits

KEPT = timedelta(days=731)
"""How long an ordered cart stays in the database: two years, of which one may be a leap year."""
OF_A_CART = ("customerId", "address")
"""What of a cart is about its shopper; a record of long ago has no address."""
OF_A_LINE = ("meta", "rental", "options")
"""What of a line was written or chosen by the shopper."""


@dataclass(frozen=True, slots=True)
class ArchivedCart:
    """A cart with all that is kept of it; `record` is how it looked when it was ordered, in JSON values.

    Amounts are in minor units of `currency`. `timeline` has the entries of its activity, the oldest first.
    """

    company_id: UUID
    cart_id: UUID
    site_id: UUID
    order_id: str | None
    currency: str
    version: int
    created_at: datetime
    converted_at: datetime
    item_count: int
    subtotal: MinorUnits
    discount_total: MinorUnits
    shipping_total: MinorUnits
    tax_total: MinorUnits
    total: MinorUnits
    record: dict[str, Any]
    timeline: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Reserved:
    """A cart that is to be archived, with the key that seals what it says of a person."""

    cart: ArchivedCart
    personal_key: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """A cart whose row in an object was read back: the version that was written, and the row's checksum."""

    cart_id: UUID
    version: int
    checksum: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where an archived cart is; without `personal_key` nobody can read whose it was."""

    company_id: UUID
    cart_id: UUID
    object_key: str
    personal_key: bytes | None
    checksum: bytes


def object_key(company_id: UUID, object_id: UUID) -> str:
    """The name of an object in the bucket: every company's are under a prefix of its own."""
    return f"carts/company_id={company_id}/{object_id}.parquet"


def without_person(record: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The record as an erasure would leave it, and what that leaves out."""
    items: Sequence[dict[str, Any]] = record["items"]
    of_the_cart = {name: record[name] for name in OF_A_CART if name in record}
    nobody = {**record, **dict.fromkeys(of_the_cart), "items": [{**item, **_nothing_of_a_line()} for item in items]}
    person = {**of_the_cart, "items": [{name: item.get(name) for name in OF_A_LINE} for item in items]}
    return nobody, person


def with_person(record: dict[str, Any], person: dict[str, Any]) -> dict[str, Any]:
    """The record with what `without_person` left out of it."""
    items = [{**item, **theirs} for item, theirs in zip(record["items"], person["items"], strict=True)]
    return {**record, **person, "items": items}


def _nothing_of_a_line() -> dict[str, Any]:
    return {"meta": None, "rental": None, "options": {}}
