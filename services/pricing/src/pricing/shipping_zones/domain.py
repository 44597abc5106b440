"""Where a company ships to (rules.md 25)."""

from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from pricing.taxes.domain import Place


class ZoneChanges(TypedDict, total=False):
    """The fields of a zone that an admin gave."""

    name: str
    countries: tuple[str, ...]
    states: tuple[str, ...]
    postal_prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShippingZone:
    """A part of the world. Empty `countries` is everywhere; empty `states` and `postal_prefixes` narrow nothing."""

    id: UUID
    name: str
    countries: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    postal_prefixes: tuple[str, ...] = ()

    def contains(self, place: Place) -> bool:
        """Whether a place is inside; where states or prefixes narrow the zone, a place without one is outside."""
        return (
            (not self.countries or place.country in self.countries)
            and (not self.states or place.state in self.states)
            and (not self.postal_prefixes or (place.postal_code or "").startswith(self.postal_prefixes))
        )
