"""Resolving addresses for the cart service (rules.md 25)."""

from typing import Any

from contracts.pricing_calls import AddressResolved
from servicekit.ids import new_id

from .shop import GERMAN_VAT, PARCEL, Shop

GST = {"name": "GST", "type": "GST", "country": "CA", "ratePpm": 50_000}
QST = {"name": "QST", "type": "PST", "country": "CA", "state": "QC", "ratePpm": 99_750, "priority": 1}
MONTREAL = {"name": "City", "type": "SALES_TAX", "country": "CA", "postalPrefix": "H2", "ratePpm": 10_000}


async def resolve(shop: Shop, country: str, **address: Any) -> AddressResolved:
    """What holds at an address, in euros."""
    requested = {"siteId": str(new_id()), "currency": "EUR", "country": country, **address}
    answer = await shop.cart_asks("POST", "/internal/addresses/resolve", requested)
    assert answer.status_code == 200, answer.text
    return AddressResolved.model_validate_json(answer.content)


async def test_taxes_of_country_state_and_postal_code_are_stacked(shop: Shop) -> None:
    """In Montreal three taxes are charged, in Toronto one, in Germany its own."""
    for rate in (GST, QST, MONTREAL, GERMAN_VAT):
        await shop.makes("tax-rates", rate)

    montreal = await resolve(shop, "ca", state="CA-QC", postalCode="h2x 1y4")
    toronto = await resolve(shop, "CA", state="ON", postalCode="M5V")
    berlin = await resolve(shop, "DE")

    assert [rate.name for rate in montreal.tax_rates] == ["GST", "City", "QST"]
    assert [rate.name for rate in toronto.tax_rates] == ["GST"]
    assert [rate.name for rate in berlin.tax_rates] == ["MwSt"]


async def test_shipping_is_offered_where_its_zone_is(shop: Shop) -> None:
    """Zones narrow by country, state and postal prefix; no zone is everywhere; switched off is nowhere."""
    coast = await shop.makes("shipping-zones", {"name": "Coast", "countries": ["US"], "states": ["CA", "OR"]})
    city = await shop.makes("shipping-zones", {"name": "City", "countries": ["US"], "postalPrefixes": ["902"]})
    await shop.makes("shipping-rules", PARCEL, name="World")
    await shop.makes("shipping-rules", PARCEL, name="Coast", zoneId=coast["id"])
    await shop.makes("shipping-rules", PARCEL, name="Bike", zoneId=city["id"])
    await shop.makes("shipping-rules", PARCEL, name="Off", active=False)
    await shop.makes("shipping-rules", PARCEL, name="Dollars", amounts={"USD": 500})

    async def offered(country: str, **address: Any) -> set[str]:
        return {rule.name for rule in (await resolve(shop, country, **address)).shipping_rules}

    assert await offered("US", state="ca", postalCode="90210") == {"World", "Coast", "Bike"}
    assert await offered("US", state="OR", postalCode="97001") == {"World", "Coast"}
    assert await offered("US") == {"World"}
    assert await offered("DE") == {"World"}


async def test_rules_for_part_of_a_country_are_not_published(shop: Shop) -> None:
    """Before an address is known nobody can promise them, so carts do not receive them."""
    zone = await shop.makes("shipping-zones", {"name": "Coast", "countries": ["US"], "states": ["CA"]})
    await shop.makes("shipping-rules", PARCEL, zoneId=zone["id"])
    await shop.makes("tax-rates", QST)
    await shop.asks("PUT", "/api/admin/pricing-settings", {"defaultCountry": "CA"})

    rules = await shop.rules()

    assert (rules.shipping_rules, rules.tax_rates) == ((), ())


async def test_the_tax_mode_is_the_companys(shop: Shop) -> None:
    """Prices exclude tax until the company says otherwise."""
    before = await resolve(shop, "DE")
    await shop.asks("PUT", "/api/admin/pricing-settings", {"taxInclusive": True})

    assert (before.tax_inclusive, (await resolve(shop, "DE")).tax_inclusive) == (False, True)


async def test_an_address_nobody_ships_to_is_answered_with_nothing(shop: Shop) -> None:
    """No rates and no rules are an answer, not an error."""
    nowhere = await resolve(shop, "ZZ", state="?", postalCode="")

    assert (nowhere.tax_rates, nowhere.shipping_rules) == ((), ())
