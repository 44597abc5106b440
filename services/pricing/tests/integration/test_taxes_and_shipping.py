"""What an admin does with tax rates, shipping zones and shipping rules (rules.md 25)."""

import pytest
from servicekit.ids import new_id

from .shop import GERMAN_VAT, PARCEL, Shop


async def test_a_tax_rate_is_created_changed_and_deleted(shop: Shop) -> None:
    """The whole life of a rate; places are kept as they are compared, in capitals."""
    made = await shop.makes("tax-rates", GERMAN_VAT, country="ca", state="qc", postalPrefix="h2x 1", type="PST")
    path = f"/api/admin/tax-rates/{made['id']}"

    changed = (await shop.asks("PATCH", path, {"ratePpm": 99_750, "compound": True, "state": None})).json()
    read = (await shop.asks("GET", path)).json()
    deleted = await shop.asks("DELETE", path)

    assert (made["country"], made["state"], made["postalPrefix"]) == ("CA", "QC", "H2X1")
    assert read == changed == {**made, "ratePpm": 99_750, "compound": True, "state": None}
    assert deleted.status_code == 204
    assert (await shop.asks("GET", "/api/admin/tax-rates")).json() == {"items": [], "nextCursor": None}


async def test_a_shipping_rule_follows_its_zone(shop: Shop) -> None:
    """A rule names a zone, and is offered in the zone's countries as they are now."""
    zone = await shop.makes("shipping-zones", {"name": "Alps", "countries": ["at", "ch"]})
    rule = await shop.makes("shipping-rules", PARCEL, zoneId=zone["id"], freeOver={"EUR": 5000}, estimatedDays=3)

    await shop.asks("PATCH", f"/api/admin/shipping-zones/{zone['id']}", {"countries": ["AT", "CH", "LI"]})

    assert (rule["zoneId"], rule["freeOver"], rule["estimatedDays"]) == (zone["id"], {"EUR": 5000}, 3)
    assert (await shop.rules()).shipping_rules[0].countries == ("AT", "CH", "LI")


async def test_a_shipping_rule_can_leave_its_zone(shop: Shop) -> None:
    """A null zone is everywhere; a change that does not speak of the zone keeps it."""
    zone = await shop.makes("shipping-zones", {"name": "Alps", "countries": ["AT"]})
    path = f"/api/admin/shipping-rules/{(await shop.makes('shipping-rules', PARCEL, zoneId=zone['id']))['id']}"

    renamed = (await shop.asks("PATCH", path, {"name": "Letter"})).json()
    moved = (await shop.asks("PATCH", path, {"zoneId": None})).json()

    assert (renamed["name"], renamed["zoneId"]) == ("Letter", zone["id"])
    assert moved["zoneId"] is None
    assert (await shop.rules()).shipping_rules[0].countries == ()


async def test_a_zone_in_use_is_not_deleted(shop: Shop) -> None:
    """Deleting it would silently offer its rules everywhere, or nowhere."""
    zone = await shop.makes("shipping-zones", {"name": "Alps"})
    rule = await shop.makes("shipping-rules", PARCEL, zoneId=zone["id"])
    path = f"/api/admin/shipping-zones/{zone['id']}"

    refused = await shop.asks("DELETE", path)
    await shop.asks("DELETE", f"/api/admin/shipping-rules/{rule['id']}")
    deleted = await shop.asks("DELETE", path)

    assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
    assert deleted.status_code == 204


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_zone_that_does_not_exist_cannot_be_named(shop: Shop, stranger: Shop, method: str) -> None:
    """Another company's zone does not exist either, and nothing is stored."""
    path = "/api/admin/shipping-rules"
    if method == "PATCH":
        path += f"/{(await shop.makes('shipping-rules', PARCEL))['id']}"
    before = (await shop.asks("GET", "/api/admin/shipping-rules")).json()
    foreign = await stranger.makes("shipping-zones", {"name": "Theirs"})

    for zone_id in (str(new_id()), foreign["id"]):
        assert (await shop.asks(method, path, {**PARCEL, "zoneId": zone_id})).status_code == 404

    assert (await shop.asks("GET", "/api/admin/shipping-rules")).json() == before


@pytest.mark.parametrize(
    ("noun", "body", "field"),
    [
        ("tax-rates", {**GERMAN_VAT, "country": "Germany"}, "country"),
        ("tax-rates", {**GERMAN_VAT, "ratePpm": 10_000_001}, "ratePpm"),
        ("tax-rates", {**GERMAN_VAT, "postalPrefix": "#"}, "postalPrefix"),
        ("shipping-zones", {"name": "x", "countries": ["DEU"]}, "countries[0]"),
        ("shipping-rules", {"name": "x", "amounts": {}}, "amounts"),
        ("shipping-rules", {**PARCEL, "estimatedDays": -1}, "estimatedDays"),
        ("shipping-rules", {**PARCEL, "type": "BY_PIGEON"}, "type"),
    ],
)
async def test_malformed_bodies_are_refused_by_field(shop: Shop, noun: str, body: object, field: str) -> None:
    """Every field that does not fit is named, and nothing is published."""
    answer = await shop.asks("POST", f"/api/admin/{noun}", body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await shop.rule_sets() == []
