"""Bodies of the shipping zone routes."""

from typing import Annotated, cast
from uuid import UUID

from pydantic import Field
from servicekit.http.bodies import Body, View

from pricing.fields import Country, Name, PostalPrefix, State, given
from pricing.shipping_zones.domain import ShippingZone, ZoneChanges

MAX_PLACES = 1_000
"""Countries, states or prefixes that one zone may name."""


class ZoneFields(Body):
    """What may be left out of a zone; an empty list narrows nothing."""

    countries: Annotated[tuple[Country, ...], Field(max_length=MAX_PLACES)] = ()
    states: Annotated[tuple[State, ...], Field(max_length=MAX_PLACES)] = ()
    postal_prefixes: Annotated[tuple[PostalPrefix, ...], Field(max_length=MAX_PLACES)] = ()


class NewZone(ZoneFields):
    """POST /api/admin/shipping-zones."""

    name: Name

    def fields(self) -> ZoneChanges:
        """What was sent, by the names of the domain."""
        return cast(ZoneChanges, given(self))


class ZoneChange(ZoneFields):
    """PATCH /api/admin/shipping-zones/{id}: only what is sent changes."""

    name: Name | None = None

    def changes(self) -> ZoneChanges:
        """What was sent, by the names of the domain."""
        return cast(ZoneChanges, given(self, never_null=("name",)))


class ZoneView(View):
    """A shipping zone as the admin sees it."""

    id: UUID
    name: str
    countries: tuple[str, ...]
    states: tuple[str, ...]
    postal_prefixes: tuple[str, ...]

    @classmethod
    def of(cls, zone: ShippingZone) -> "ZoneView":
        """Show a zone."""
        return cls(
            id=zone.id,
            name=zone.name,
            countries=zone.countries,
            states=zone.states,
            postal_prefixes=zone.postal_prefixes,
        )
