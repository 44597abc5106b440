"""Bringing a catalogue in from the CSV that Shopify exports."""

import pytest
from servicekit.errors import ValidationFailed422

from .importing import counts, imports, shelf
from .shop import Shop

HEADER = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,"
    "Option2 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,"
    "Variant Price,Variant Compare At Price,Image Src,Image Position,Gift Card,Cost per item,Status\n"
)
SHIRT = (
    'shirt,Linen Shirt,"<p>Light,\nairy</p>",Acme,Apparel > Shirts,Shirts,"summer, linen",true,Size,S,Colour,Blue,SH-S,'
    "250.0,shopify,-3,continue,29.90,35.00,https://cdn.example/2.jpg,2,false,11.20,active\n"
    "shirt,,,,,,,,,M,,Blue,,250,shopify,4,deny,29.90,,https://cdn.example/1.jpg,1,,11.20,\n"
    "shirt,,,,,,,,,,,,,,,,,,,https://cdn.example/3.jpg,3,,,\n"
)
CARD = "card,Gift Card,,,,,,false,Title,Default Title,,,CARD,,,,deny,10,,,,true,,draft\n"


async def test_products_come_with_variants_pictures_and_costs(shop: Shop) -> None:
    """Names of options stand on the first row, rows of pictures are no variants, an oversale is an empty shelf."""
    report = await imports(shop, (HEADER + SHIRT + CARD).encode(), "text/csv", "EUR")

    assert counts(report) == (2, 0, 0, 0), report.errors
    products = await shelf(shop)
    shirt = products["shirt"].product
    small, medium = products["shirt"].variants
    assert (shirt.title, shirt.slug, shirt.categories) == ("Linen Shirt", "shirt", ("Shirts", "summer", "linen"))
    assert shirt.images == tuple(f"https://cdn.example/{number}.jpg" for number in (1, 2, 3))
    assert shirt.attributes == {"Vendor": "Acme"}
    assert (small.sku, small.options, small.prices) == ("SH-S", {"Size": "S", "Colour": "Blue"}, {"EUR": 2990})
    assert (small.compare_at_prices, small.costs, small.weight_grams) == ({"EUR": 3500}, {"EUR": 1120}, 250)
    assert (small.backorderable, medium.backorderable) == (True, False)
    assert (medium.sku, medium.options) == ("shirt-m-blue", {"Size": "M", "Colour": "Blue"})
    assert products["shirt"].available == {small.id: 0, medium.id: 4}
    (card,) = products["card"].variants
    assert (card.options, card.tracked, products["card"].product.active) == ({}, False, False)


async def test_the_same_file_again_changes_nothing(shop: Shop) -> None:
    """What was exported can be sent again, and a part of it with other prices changes those."""
    await imports(shop, (HEADER + SHIRT + CARD).encode(), "text/csv", "EUR")

    again = await imports(shop, (HEADER + SHIRT + CARD).encode(), "text/csv", "EUR")
    dearer = await imports(shop, (HEADER + SHIRT.replace("29.90", "31")).encode(), "text/csv", "EUR")

    assert counts(again) == (0, 0, 2, 0)
    assert counts(dearer) == (0, 1, 0, 0)
    assert {variant.prices["EUR"] for variant in (await shelf(shop))["shirt"].variants} == {3100}


async def test_a_product_of_many_variants_comes_in_parts(shop: Shop) -> None:
    """More than one row of ours may have: the options keep their names throughout."""
    first = "pin,Pin,,,,,,,No,0,,,PIN-0,,,,,1,,,,,,\n"
    rows = "".join(f"pin,,,,,,,,,{number},,,PIN-{number},,,,,1,,,,,,\n" for number in range(1, 450))

    report = await imports(shop, (HEADER + first + rows).encode(), "text/csv", "USD")

    pin = (await shelf(shop))["pin"]
    assert counts(report) == (1, 2, 0, 0), report.errors
    assert {variant.options["No"] for variant in pin.variants} == {str(number) for number in range(450)}


async def test_bad_cells_are_named_by_their_columns(shop: Shop) -> None:
    """A product with one is rejected whole, and the others come in."""
    bad = (
        "a,A,,,,,,,,,,,A,heavy,,,,1,,,,,,\n"
        "b,B,,,,,,,,,,,B,,,,,free,,,,,,\n"
        "c,C,,,,,,,,S,,,C,,,,,1,,,,,,\n"
        "d,D,,,,,,,,,,,D,,,,,1,,javascript:x,,,,\n"
    )

    report = await imports(shop, (HEADER + bad + CARD).encode(), "text/csv", "USD")

    assert counts(report) == (1, 0, 0, 4)
    assert [(error.line, error.field) for error in report.errors] == [
        (2, "Variant Grams"),
        (3, "Variant Price"),
        (4, "Option1 Value"),
        (5, "Image Src"),
    ]


async def test_prices_need_a_currency(shop: Shop) -> None:
    """Nothing is read when neither the caller nor a site says what the amounts are in."""
    with pytest.raises(ValidationFailed422) as refusal:
        await imports(shop, (HEADER + CARD).encode(), "text/csv")

    assert [error["field"] for error in refusal.value.extra["errors"]] == ["currency"]  # type: ignore[attr-defined]  # a list of dicts
