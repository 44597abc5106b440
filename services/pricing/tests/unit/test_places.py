"""Where tax rates and shipping zones hold (rules.md 25)."""

import pytest
from contracts.ruleset import TaxRate, TaxType
from pricing.shipping_zones.domain import ShippingZone
from pricing.taxes.domain import Place, holds_at
from servicekit.ids import new_id

LONDON = Place.of("gb", None, "sw1a 1aa")
LOS_ANGELES = Place.of("US", "US-CA", "90210")


def rate(country: str, state: str | None = None, postal_prefix: str | None = None) -> TaxRate:
    """A rate for a place."""
    return TaxRate(
        id=new_id(),
        name="any",
        type=TaxType.VAT,
        country=country,
        state=state,
        postal_prefix=postal_prefix,
        rate_ppm=200_000,
    )


def zone(countries: tuple[str, ...] = (), states: tuple[str, ...] = (), prefixes: tuple[str, ...] = ()) -> ShippingZone:
    """A shipping zone."""
    return ShippingZone(new_id(), "any", countries, states, prefixes)


def test_places_are_compared_without_case_spaces_and_hyphens() -> None:
    """Shoppers write addresses in many ways."""
    assert Place.of(" gb", " ", "sw1a-1AA") == LONDON == Place("GB", None, "SW1A1AA")
    assert Place("US", "CA", "90210") == LOS_ANGELES
    assert Place.of("US", "ca", "") == Place("US", "CA", None)


@pytest.mark.parametrize(
    ("tax", "place", "holds"),
    [
        (rate("GB"), LONDON, True),
        (rate("GB"), LOS_ANGELES, False),
        (rate("GB", postal_prefix="SW1"), LONDON, True),
        (rate("GB", postal_prefix="SW2"), LONDON, False),
        (rate("GB", postal_prefix="SW1"), Place.of("GB", None, None), False),
        (rate("US", "CA"), LOS_ANGELES, True),
        (rate("US", "NY"), LOS_ANGELES, False),
        (rate("US", "CA"), Place.of("US", None, None), False),
    ],
)
def test_a_rate_holds_where_all_it_names_fits(tax: TaxRate, place: Place, holds: bool) -> None:
    """What a rate does not name narrows nothing; what a place does not say fits no narrowing."""
    assert holds_at(tax, place) is holds


@pytest.mark.parametrize(
    ("where", "place", "inside"),
    [
        (zone(), LONDON, True),
        (zone(("GB", "IE")), LONDON, True),
        (zone(("US",)), LONDON, False),
        (zone(("US",), ("CA", "OR")), LOS_ANGELES, True),
        (zone(("US",), ("NY",)), LOS_ANGELES, False),
        (zone(("US",), ("CA",)), Place.of("US", None, None), False),
        (zone(("US",), (), ("902", "100")), LOS_ANGELES, True),
        (zone(("US",), (), ("100",)), LOS_ANGELES, False),
        (zone(("GB",), (), ("SW",)), Place.of("GB", None, None), False),
    ],
)
def test_a_zone_contains_what_fits_all_its_lists(where: ShippingZone, place: Place, inside: bool) -> None:
    """An empty list narrows nothing."""
    assert where.contains(place) is inside
