"""The list of all events is complete and without contradiction."""

import inspect
import re

import pytest
from contracts import audit, cart, erasure, inventory, pricing, recovery, upsell
from contracts.base import Event
from contracts.cart import CartContactSet, CartContactSetV1
from contracts.erasure import CustomerErasureRequested
from contracts.registry import EVENTS, EVERY_SERVICE, PUBLISHERS

DEFINED = {
    member
    for module in (audit, cart, erasure, inventory, pricing, recovery, upsell)
    for member in vars(module).values()
    if inspect.isclass(member) and issubclass(member, Event) and "type" in vars(member)
}
"""Every class that says what its type on the wire is."""


def test_every_event_is_registered_once() -> None:
    """An event that is defined but not listed could be published and never read."""
    listed = [event for events in (*PUBLISHERS.values(), EVERY_SERVICE) for event in events]

    assert set(listed) == DEFINED
    assert len(listed) == len(set(listed))


def test_no_two_events_share_a_type() -> None:
    """The type is the name under which a consumer finds the class."""
    assert len(EVENTS) == len(DEFINED)


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_an_event_names_its_type_version_and_aggregate(event: type[Event]) -> None:
    """The type is also the routing key: words and a version, no ids and no tenants."""
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+\.v[1-9]\d*", event.type)
    assert re.fullmatch(r"[a-z_]+", event.aggregate)
    assert event.__doc__


def test_personal_data_travels_in_two_events_only() -> None:
    """An address and, to be erased, a customer's id; whoever adds another has to change rules.md 35 first."""
    assert {event for event in EVENTS.values() if event.personal} == {
        CartContactSet,
        CartContactSetV1,
        CustomerErasureRequested,
    }
    assert CartContactSet.sealed
    assert CustomerErasureRequested.sealed
