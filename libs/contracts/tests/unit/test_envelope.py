"""Events on the wire: out as CloudEvents, back as the same event."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from contracts.audit import FieldChange
from contracts.base import Event
from contracts.envelope import Envelope
from contracts.registry import EVENTS, UnknownEvent, parse
from contracts.ruleset import RuleSet
from contracts.schema_ids import schema_id
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

st.register_type_strategy(
    RuleSet,
    st.builds(  # the names are aliases; its rules are test_ruleset.py's
        RuleSet,
        version=st.integers(min_value=1),
        engineVersion=st.integers(min_value=0),
        currency=st.sampled_from([None, "EUR"]),
        defaultCountry=st.sampled_from([None, "DE"]),
        promotions=st.just(()),
        taxRates=st.just(()),
        shippingRules=st.just(()),
        publishedAt=st.datetimes(timezones=st.just(UTC)),
    ),
)

_JSON = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.lists(st.text())
st.register_type_strategy(FieldChange, st.builds(FieldChange, before=_JSON, after=_JSON))


def envelope_of(event: Event, **attributes: Any) -> Envelope[Any]:
    """The event in an envelope of its own."""
    fields = {
        "id": uuid4(),
        "source": "/services/test",
        "type": event.type,
        "subject": uuid4(),
        "time": datetime.now(UTC),
        "dataschema": schema_id(event.type),
        "companyid": uuid4(),
        "aggregateversion": 3,
        "data": event,
    }
    return Envelope[Any](**{**fields, **attributes})


@pytest.mark.parametrize("kind", EVENTS.values(), ids=EVENTS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(data=st.data())
def test_an_event_comes_back_as_it_went(kind: type[Event], data: st.DataObject) -> None:
    """Whatever its values, through JSON and back it is the same event in the same envelope."""
    envelope = envelope_of(data.draw(st.from_type(kind)))

    back = parse(kind.type, envelope.model_dump_json(by_alias=True).encode())

    assert type(back.data) is kind
    assert back.data == envelope.data
    assert back.model_dump(exclude={"data"}) == envelope.model_dump(exclude={"data"})


def test_a_field_from_the_future_is_ignored() -> None:
    """A consumer one release behind reads what a newer producer sends."""
    body = json.loads(envelope_of(cart_viewed()).model_dump_json(by_alias=True))
    body["newattribute"], body["data"]["newField"] = 1, {"deep": True}

    assert parse("cart.viewed.v1", json.dumps(body).encode()).data.currency == "EUR"


def test_an_unknown_type_is_said_to_be_unknown() -> None:
    """It is another error than that of a body that does not fit."""
    with pytest.raises(UnknownEvent, match=r"cart\.teleported\.v1"):
        parse("cart.teleported.v1", b"{}")
    with pytest.raises(ValidationError):
        parse("cart.viewed.v1", b"{}")


def test_an_event_cannot_be_changed() -> None:
    """An event is in the past: two handlers that get the same object cannot disturb each other."""
    with pytest.raises(ValidationError, match="frozen"):
        envelope_of(cart_viewed()).data.currency = "USD"


def cart_viewed() -> Event:
    """The smallest event."""
    return EVENTS["cart.viewed.v1"].model_validate({"siteId": str(uuid4()), "currency": "EUR", "actor": "shopper"})
