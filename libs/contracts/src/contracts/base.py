"""What every contract has in common: frozen, camelCase on the wire, tolerant of fields it does not know."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

Actor = Literal["shopper", "staff", "system", "bot"]
"""Who acted (rules.md 33): analytics leaves staff and bots out of every shopper figure."""


class Contract(BaseModel):
    """A frozen value that crosses a service's border; unknown fields are ignored, so a newer sender is understood."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="ignore")


class Event(Contract):
    """What happened, in the past tense; the class is its schema, `type` its name and version on the wire.

    A change adds optional fields only; anything else is a new class with a new `.vN` type, published beside the old.
    """

    type: ClassVar[str]
    """CloudEvents type and AMQP routing key, such as `cart.updated.v1`."""
    aggregate: ClassVar[str]
    """The kind of thing it is about; with the aggregate's id and version it is unique."""
    personal: ClassVar[bool] = False
    """Carries personal data: its outbox row is deleted once confirmed, and it is never logged (rules.md 35)."""
    sealed: ClassVar[bool] = False
    """Its personal data can be read with a key alone that only its reader has too, so dead letters keep it whole."""
