"""A cart priced at an address: pure."""

from dataclasses import dataclass

from quote import Quote, ShippingOption


@dataclass(frozen=True, slots=True)
class Estimate:
    """A cart priced at an address."""

    currency: str
    quote: Quote
    options: tuple[ShippingOption, ...]
