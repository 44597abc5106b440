"""Bodies of the tax rate routes."""

from typing import Annotated, cast
from uuid import UUID

from contracts.ruleset import TaxRate, TaxType
from pydantic import Field
from servicekit.http.bodies import Body, View

from pricing.fields import Country, Label, Name, PostalPrefix, State, given
from pricing.taxes.domain import TaxRateChanges

RatePpm = Annotated[int, Field(ge=0, le=10_000_000)]
"""Parts per million: 190,000 is 19 %."""


class TaxRateFields(Body):
    """What may be left out of a tax rate; null narrows nothing."""

    state: State | None = None
    postal_prefix: PostalPrefix | None = None
    category: Label | None = None
    """The tax category of goods whose rate this is; null is the general rate."""
    compound: bool = False
    """Charged on the price and on the taxes before it."""
    shipping_taxable: bool = True
    priority: Annotated[int, Field(ge=-1_000_000, le=1_000_000)] = 0
    """Rates are charged from small to large."""


class NewTaxRate(TaxRateFields):
    """POST /api/admin/tax-rates."""

    name: Name
    type: TaxType
    country: Country
    rate_ppm: RatePpm

    def fields(self) -> TaxRateChanges:
        """What was sent, by the names of the domain."""
        return cast(TaxRateChanges, given(self))


class TaxRateChange(TaxRateFields):
    """PATCH /api/admin/tax-rates/{id}: only what is sent changes."""

    name: Name | None = None
    type: TaxType | None = None
    country: Country | None = None
    rate_ppm: RatePpm | None = None

    def changes(self) -> TaxRateChanges:
        """What was sent, by the names of the domain."""
        return cast(TaxRateChanges, given(self, never_null=("name", "type", "country", "rate_ppm")))


class TaxRateView(View):
    """A tax rate as the admin sees it."""

    id: UUID
    name: str
    type: TaxType
    country: str
    state: str | None
    postal_prefix: str | None
    category: str | None
    rate_ppm: int
    compound: bool
    shipping_taxable: bool
    priority: int

    @classmethod
    def of(cls, rate: TaxRate) -> "TaxRateView":
        """Show a tax rate."""
        return cls(**rate.model_dump())
