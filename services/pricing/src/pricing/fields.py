"""The types of field that several request bodies share."""

from collections.abc import Collection
from typing import Annotated, Any

from contracts.money import CurrencyCode, MinorUnits
from pydantic import BeforeValidator, Field, StringConstraints
from servicekit.http.bodies import Body

from pricing.taxes.domain import normal_postal

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Country = Annotated[str, StringConstraints(to_upper=True, pattern="^[A-Za-z]{2}$")]
"""ISO 3166-1 alpha-2, without regard to case."""
State = Annotated[str, StringConstraints(to_upper=True, pattern="^[A-Za-z0-9-]{1,10}$")]
"""The part of ISO 3166-2 after the country, without regard to case: CA, not US-CA."""
PostalPrefix = Annotated[
    str,
    BeforeValidator(lambda value: normal_postal(value) if isinstance(value, str) else value),
    StringConstraints(pattern="^[A-Z0-9]{1,10}$"),
]
"""The beginning of a postal code; spaces and hyphens do not count."""
Label = Annotated[str, StringConstraints(min_length=1, max_length=100)]
"""A category, tax category or customer group as the catalogue or the sign-in names it."""
Amount = Annotated[MinorUnits, Field(ge=0, le=10**12)]
Amounts = Annotated[dict[CurrencyCode, Amount], Field(max_length=200)]
"""Minor units by currency code (rules.md 1)."""


def given(body: Body, never_null: Collection[str] = ()) -> dict[str, Any]:
    """The fields that the client sent, by their Python names; a null for one of `never_null` counts as not sent."""
    sent = body.model_dump(exclude_unset=True)
    return {name: value for name, value in sent.items() if value is not None or name not in never_null}
