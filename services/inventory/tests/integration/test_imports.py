"""Bringing a catalogue in from a file: a bad row is named, and nothing of its product is written."""

from contracts.inventory import ProductChanged, StockChanged
from servicekit.ids import new_id
from servicekit.testing import published

from .importing import counts, imports, json_lines, mug, shelf
from .shop import Shop


async def published_types(shop: Shop) -> list[str]:
    """The types of what the shop has published."""
    events = await published(shop.database, ProductChanged, StockChanged)
    return [event.data.type for event in events if event.company_id == shop.company_id]


async def test_new_products_are_made_with_their_stock(shop: Shop) -> None:
    """A product arrives whole: fields, variants, prices, stock, and the events that tell of it."""
    product_id, variant_id = new_id(), new_id()
    variant = {"id": str(variant_id), "sku": "POT-1", "prices": {"USD": 3000, "JPY": 4000}, "backorderable": True}

    report = await imports(
        shop, json_lines(mug(), mug(id=str(product_id), handle="pot", title="Big Pot!", variants=[variant]))
    )

    assert counts(report) == (2, 0, 0, 0)
    products = await shelf(shop)
    assert products["mug"].product.categories == ("kitchen",)
    assert list(products["mug"].available.values()) == [5]
    assert products["pot"].product.id == product_id
    assert products["pot"].product.slug == "big-pot"
    assert products["pot"].variants[0].id == variant_id
    assert products["pot"].variants[0].prices == {"USD": 3000, "JPY": 4000}
    pots = [event.data for event in await published(shop.database, ProductChanged) if event.aggregate_id == product_id]
    assert isinstance(pots[0], ProductChanged)
    assert pots[0].variants[0].backorderable
    assert sorted(await published_types(shop)) == sorted([ProductChanged.type, StockChanged.type] * 2)


async def test_the_same_file_again_changes_nothing(shop: Shop) -> None:
    """Importing is idempotent: no version rises, nothing is published."""
    await imports(shop, json_lines(mug()))
    before = await published_types(shop)

    report = await imports(shop, json_lines(mug()))

    assert counts(report) == (0, 0, 1, 0)
    assert await published_types(shop) == before


async def test_a_change_touches_only_what_changed(shop: Shop) -> None:
    """A new price is a new version of the product, a new stock number is not; what is left out stays as it is."""
    await imports(shop, json_lines(mug()))

    stock_only = await imports(shop, json_lines({"handle": "mug", "variants": [{"sku": "MUG-S", "stock": 8}]}))
    after_stock = (await shelf(shop))["mug"]
    price_only = await imports(
        shop, json_lines({"handle": "mug", "variants": [{"sku": "MUG-S", "prices": {"USD": 999}}]})
    )
    after_price = (await shelf(shop))["mug"]

    assert counts(stock_only) == counts(price_only) == (0, 1, 0, 0)
    assert after_stock.product.version == 1
    assert list(after_stock.available.values()) == [8]
    assert after_price.product.version == 2
    assert after_price.product.title == "Mug"
    assert after_price.variants[0].prices == {"USD": 999}
    assert after_price.variants[0].options == {"size": "S"}


async def test_bad_lines_are_reported_and_the_others_pass(shop: Shop) -> None:
    """Each fault is named by line and field; a product with a bad variant is not written at all."""
    twice = [{"sku": "A", "prices": {"USD": 1}}, {"sku": "A", "prices": {"USD": 1}}]
    content = json_lines(
        mug(),
        mug(handle="no-price", variants=[{"sku": "B"}]),
        mug(handle="twice", variants=twice),
        mug(
            handle="bad", variants=[{"sku": "OK", "prices": {"USD": 1}}, {"sku": "NO", "prices": {"ZZZ": 1, "USD": -1}}]
        ),
        mug(handle="more", colour="red"),
        mug(handle="jar", variants=[{"sku": "JAR", "prices": {"USD": 700}}]),
    )

    no_json = b'{not json\n\xff\xfe\n{"handle": "nan", "attributes": {"weight": NaN}}\n{"handle": "a", "handle": "b"}\n'
    report = await imports(shop, content + no_json)

    assert counts(report) == (2, 0, 0, 8)
    assert {(error.line, error.field) for error in report.errors} == {
        (2, "variants[0].prices"),
        (3, "variants[1].sku"),
        (4, "variants[1].prices.USD"),
        (4, "variants[1].prices.ZZZ"),
        (5, "colour"),
        (7, ""),
        (8, ""),
        (9, ""),
        (10, ""),
    }
    assert set(await shelf(shop)) == {"mug", "jar"}


async def test_stock_below_what_is_held_is_refused(shop: Shop) -> None:
    """An import cannot take away what open checkouts hold."""
    await imports(shop, json_lines(mug()))
    shop.variants["mug"] = (await shelf(shop))["mug"].variants[0].id
    await shop.holds({"mug": 4}, new_id())

    report = await imports(shop, json_lines(mug(variants=[{"sku": "MUG-S", "stock": 3}])))

    assert counts(report) == (0, 0, 0, 1)
    assert "4" in report.errors[0].message
    assert await shop.counts("mug") == (5, 4)


async def test_another_companys_id_is_refused_and_nothing_of_it_shown(shop: Shop) -> None:
    """A given id is honoured unless somebody else has it; the other rows of the batch pass."""
    other = Shop(shop.database, new_id())
    taken = await other.stocks("theirs", 1)
    product_taken = other.products["theirs"]

    report = await imports(
        shop,
        json_lines(
            mug(),
            mug(id=str(product_taken), handle="stolen", variants=[{"sku": "X", "prices": {"USD": 1}}]),
            mug(handle="stolen-too", variants=[{"id": str(taken), "sku": "Y", "prices": {"USD": 1}}]),
        ),
    )

    assert counts(report) == (1, 0, 0, 2)
    assert [(error.line, error.field) for error in report.errors] == [(2, "id"), (3, "variants[0].id")]
    assert set(await shelf(shop)) == {"mug"}


async def test_a_sku_stays_with_its_product(shop: Shop) -> None:
    """A sku that another product has is refused, so that an import never moves a variant silently."""
    await imports(shop, json_lines(mug()))

    report = await imports(shop, json_lines(mug(handle="cup")))

    assert [(error.field, error.message) for error in report.errors] == [
        ("variants[0].sku", "belongs to another product")
    ]


async def test_a_product_named_twice_in_a_file_ends_as_its_last_line(shop: Shop) -> None:
    """Lines of one product take effect in their order, even far within one batch."""
    report = await imports(shop, json_lines(mug(), mug(title="Cup"), mug(title="Jar")))

    assert counts(report) == (1, 2, 0, 0)
    assert (await shelf(shop))["mug"].product.title == "Jar"


async def test_an_endless_line_is_skipped(shop: Shop) -> None:
    """A line above a megabyte is reported; the next one is read."""
    report = await imports(shop, b'{"handle": "' + b"x" * 3_000_000 + b'"}\n' + json_lines(mug()))

    assert counts(report) == (1, 0, 0, 1)
    assert report.errors[0].line == 1
