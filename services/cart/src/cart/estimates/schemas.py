"""The address that an estimate is for, and what it answers (api.md, "Shapes").

Amounts are in minor units of the cart's currency.
"""

from typing import Annotated

from contracts.money import MinorUnits
from pydantic import StringConstraints
from servicekit.http.bodies import Body, View
from servicekit.http.free_text import FREE_TEXT

from cart.carts.domain import values

Country = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$", to_upper=True)]
State = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,10}$", to_upper=True)]
PostalCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 -]{1,12}$", to_upper=True)]


class Address(Body):
    """Where to: no street and no name are needed."""

    country: Country
    state: State | None = None
    postal_code: PostalCode | None = None
    city: Annotated[str, StringConstraints(max_length=100, pattern=FREE_TEXT)] | None = None

    def place(self) -> values.Address:
        """The address in the domain's words."""
        return values.Address(self.country, self.state, self.postal_code, self.city)


class FreeShippingView(View):
    """How much more makes shipping free; minor units."""

    remaining: MinorUnits
    reached: bool


class ShippingOptionView(View):
    """One way to ship the cart, with tax."""

    id: str
    name: str
    amount: MinorUnits
    estimated_days: int | None
    free: bool


class ShippingView(View):
    """Every way to ship to the address, the cheapest first."""

    currency: str
    options: list[ShippingOptionView]
    free_shipping: FreeShippingView | None


class TaxRateView(View):
    """One rate's part of the tax. `rate` is in percent, as a decimal text."""

    name: str
    type: str
    rate: str
    amount: MinorUnits


class TaxView(View):
    """The tax at the address, shipping included; minor units."""

    currency: str
    tax_total: MinorUnits
    rates: list[TaxRateView]
    inclusive: bool
