"""The sample catalogue: the same again for the same seed, believable, and whole."""

from xml.etree import ElementTree

from simulator.catalogue.pictures import draw
from simulator.catalogue.products import invent
from simulator.catalogue.words import CATEGORIES


def test_one_seed_makes_one_catalogue() -> None:
    """Two demos show the same shop; another seed another one."""
    assert invent(7) == invent(7)
    assert invent(7) != invent(8)


def test_about_three_hundred_products_are_all_different() -> None:
    """A title or a sku that comes twice would be one product in the import."""
    products = invent()
    skus = [variant["sku"] for product in products for variant in product.variants]

    assert len(products) == 300
    assert len({product.handle for product in products}) == len({product.title for product in products}) == 300
    assert len(set(skus)) == len(skus)
    assert {product.category for product in products} == {category.name for category in CATEGORIES}


def test_every_variant_has_both_prices_and_stock() -> None:
    """Both sites sell everything; amounts are positive minor units."""
    for product in invent():
        for variant in product.variants:
            assert set(variant["prices"]) == {"USD", "EUR"}
            assert all(isinstance(amount, int) and amount >= 50 for amount in variant["prices"].values())
            assert variant["stock"] >= 1


def test_clothes_come_in_sizes_and_colours() -> None:
    """Each combination is a variant of its own."""
    shirt = next(product for product in invent() if product.category == "tops")

    assert len(shirt.variants) == 15
    assert {tuple(variant["options"]) for variant in shirt.variants} == {("size", "colour")}


def test_every_picture_is_svg_without_scripts() -> None:
    """Pictures are shown in mails and pages."""
    for product in invent():
        root = ElementTree.fromstring(draw(product))  # noqa: S314  # our own drawing

        assert root.tag.endswith("svg")
        assert root[0].text == product.title
        assert "script" not in draw(product)
