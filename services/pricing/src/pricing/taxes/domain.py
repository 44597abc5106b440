"""Where a tax rate holds (rules.md 25)."""

from dataclasses import dataclass
from typing import TypedDict

from contracts.ruleset import TaxRate, TaxType


class TaxRateChanges(TypedDict, total=False):
    """The fields of a tax rate that an admin gave."""

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


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is shipped to, as rules compare it: capitals, the postal code without spaces and hyphens."""

    country: str
    state: str | None
    postal_code: str | None

    @classmethod
    def of(cls, country: str, state: str | None, postal_code: str | None) -> "Place":
        """Read a place as a shopper writes it; the state may carry its country ("US-CA" is CA)."""
        country = country.strip().upper()
        region = (state or "").strip().upper().removeprefix(f"{country}-")
        return cls(country, region or None, normal_postal(postal_code or "") or None)


def normal_postal(postal_code: str) -> str:
    """A postal code, or the beginning of one, as it is compared: "sw1a 1aa" is SW1A1AA."""
    return postal_code.replace(" ", "").replace("-", "").upper()


def holds_at(rate: TaxRate, place: Place) -> bool:
    """Whether a rate is charged on what is shipped there; several rates may be, and are then stacked."""
    return (
        rate.country == place.country
        and rate.state in (None, place.state)
        and (place.postal_code or "").startswith(rate.postal_prefix or "")
    )
