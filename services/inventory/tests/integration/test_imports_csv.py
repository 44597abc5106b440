"""Bringing a catalogue in from CSV: decimals, options, headers and rows that are not right."""

import pytest
from inventory.imports.readers.lines import MAX_LINES_PER_ROW
from servicekit.errors import ValidationFailed422

from .importing import counts, imports, shelf
from .shop import Shop

CSV = (
    "product_handle,title,categories,image_url,sku,option1_name,option1_value,price_USD,price_JPY,compare_at_USD,"
    "stock,tracked,backorderable\n"
    'mug,"Mug, big",kitchen; gifts,/pictures/mug.svg,MUG-S,size,S,12.50,1400,15.00,5,true,\n'
    "mug,,,,MUG-L,size,L,13.5,,,7,,yes\n"
    "\n"
    "ebook,E-book,,,EBOOK,,,3,,,,no,\n"
)


async def test_csv_has_a_variant_on_every_row(shop: Shop) -> None:
    """Adjacent rows make one product; decimals become minor units of their column's currency."""
    report = await imports(shop, CSV.encode(), "text/csv")

    assert counts(report) == (2, 0, 0, 0)
    products = await shelf(shop)
    small, large = products["mug"].variants
    assert products["mug"].product.title == "Mug, big"
    assert products["mug"].product.categories == ("kitchen", "gifts")
    assert (small.options, small.prices) == ({"size": "S"}, {"USD": 1250, "JPY": 1400})
    assert small.compare_at_prices == {"USD": 1500}
    assert (large.prices, large.backorderable) == ({"USD": 1350}, True)
    assert not products["ebook"].variants[0].tracked
    assert sorted(products["mug"].available.values()) == [5, 7]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("product_handle,title", "sku"),
        ("sku,title", "product_handle"),
        ("product_handle,sku,colour", "colour"),
        ("product_handle,sku,price_XYZ", "price_XYZ"),
        ("product_handle,sku,sku", "sku"),
        ("", "product_handle"),
        ("product_handle,sku\rmug,MUG", "header"),
        ("x" * 200_000, "header"),
    ],
)
async def test_a_bad_header_is_refused_before_anything_is_read(shop: Shop, header: str, field: str) -> None:
    """The column is named and nothing is written."""
    with pytest.raises(ValidationFailed422) as refusal:
        await imports(shop, f"{header}\nmug,MUG,x\n".encode(), "text/csv")

    assert field in [error["field"] for error in refusal.value.extra["errors"]]  # type: ignore[attr-defined]  # a list of dicts
    assert await shelf(shop) == {}


async def test_a_bad_csv_row_rejects_its_product_alone(shop: Shop) -> None:
    """The cell is named by line and column; the product's other rows are not written either."""
    content = (
        "product_handle,title,sku,price_USD,stock,tracked\n"
        "mug,Mug,MUG-S,12.505,5,\n"
        "mug,Mug,MUG-L,13,x,\n"
        "cup,Cup,CUP,3,1,perhaps\n"
        "jar,Jar,JAR,4,1,\n"
        "jar,Tin,JAR-2,4,1,\n"
        "pot,Pot,POT,5,1,,extra\n"
        ",Nameless,NAMELESS,5,1,\n"
        "pan,Pan,PAN,5,1,\n"
    )

    report = await imports(shop, content.encode(), "text/csv")

    assert counts(report) == (1, 0, 0, 5)
    assert [(error.line, error.field) for error in report.errors] == [
        (2, "price_USD"),
        (3, "stock"),
        (4, "tracked"),
        (6, "title"),
        (7, ""),
        (8, "product_handle"),
    ]
    assert set(await shelf(shop)) == {"pan"}


async def test_a_quote_that_never_closes_ends_in_the_report(shop: Shop) -> None:
    """It cannot swallow the memory: the row is given up, and what came before is kept."""
    endless = 'product_handle,title,sku,price_USD\nmug,Mug,MUG,1\ncup,"Cup,CUP,1\n' + "x,y,z,1\n" * 2000

    report = await imports(shop, endless.encode(), "text/csv")

    assert report.created == 1
    assert "quoted value" in report.errors[0].message


async def test_a_file_in_another_encoding_is_called_that(shop: Shop) -> None:
    """Of Latin-1 with an accent on every line nothing is read for long, and no quote is blamed."""
    latin = "product_handle,title,sku,price_USD\n" + "café,Café,CAFÉ,1\n" * 2000

    report = await imports(shop, latin.encode("latin-1"), "text/csv")

    messages = {error.message for error in report.errors}
    assert messages == {"is not valid UTF-8", "the file is not UTF-8; nothing was read from here on"}
    assert report.rejected == MAX_LINES_PER_ROW + 1
