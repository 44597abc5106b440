"""Events to test the chassis with."""

from datetime import UTC, datetime
from uuid import UUID

from contracts.cart import CartContactSet, CartContactSetV1, CartCreated, CartViewed
from contracts.envelope import RecordedEvent
from servicekit.ids import new_id

MOMENT = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def created(company_id: UUID, *, cart_id: UUID | None = None, version: int = 1) -> RecordedEvent[CartCreated]:
    """A cart came to be."""
    data = CartCreated(site_id=new_id(), currency="EUR", actor="shopper", owner="guest")
    return RecordedEvent(data, company_id, cart_id or new_id(), version, MOMENT)


def viewed(company_id: UUID, *, cart_id: UUID | None = None, version: int = 1) -> RecordedEvent[CartViewed]:
    """A cart was looked at."""
    data = CartViewed(site_id=new_id(), currency="EUR", actor="shopper")
    return RecordedEvent(data, company_id, cart_id or new_id(), version, MOMENT)


def contact_set(company_id: UUID) -> RecordedEvent[CartContactSet]:
    """A shopper left an address, sealed."""
    data = CartContactSet(site_id=new_id(), currency="EUR", actor="shopper", address_sealed="c2VhbGVk", consent=False)
    return RecordedEvent(data, company_id, new_id(), 1, MOMENT)


def readable_contact_set(company_id: UUID) -> RecordedEvent[CartContactSetV1]:
    """A shopper left an address, in a form that can be read."""
    data = CartContactSetV1(site_id=new_id(), currency="EUR", actor="shopper", email="ada@example.org", consent=True)
    return RecordedEvent(data, company_id, new_id(), 1, MOMENT)
