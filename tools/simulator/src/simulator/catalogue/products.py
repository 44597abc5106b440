"""Inventing the products: deterministic, so that two runs with one seed fill two shops alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from simulator.catalogue.words import CATEGORIES, COLOURS, SIZES, STYLES, Category

PER_CATEGORY: Final = 25
_EURO_PERCENT: Final = 92
_SCARCE_ONE_IN: Final = 40
"""One variant in so many is nearly sold out: shoppers shall meet that, too."""


@dataclass(frozen=True, slots=True)
class Product:
    """An invented product; `row` is its line of an import, `colour` its picture's."""

    handle: str
    title: str
    category: str
    colour: str
    variants: Sequence[Mapping[str, Any]]

    def row(self, pictures_url: str) -> Mapping[str, Any]:
        """The product as the import takes it, with its picture below this address."""
        return {
            "handle": self.handle,
            "title": self.title,
            "categories": [self.category],
            "imageUrl": f"{pictures_url}/{self.handle}.svg",
            "variants": list(self.variants),
        }


def invent(seed: int = 1) -> tuple[Product, ...]:
    """The whole catalogue; no two products share a title, no two variants a sku."""
    random = Random(seed)  # noqa: S311  # a catalogue is no secret, and must be the same again
    return tuple(product for category in CATEGORIES for product in _of_category(category, random))


def _of_category(category: Category, random: Random) -> Iterator[Product]:
    names = [
        f"{style} {material} {noun}" for style in STYLES for material in category.materials for noun in category.nouns
    ]
    for title in random.sample(names, PER_CATEGORY):
        handle = title.lower().replace(" ", "-")
        cents = _price(category, random)
        colours = random.sample(sorted(COLOURS), 3) if category.coloured else [random.choice(sorted(COLOURS))]
        variants = [_variant(handle, options, cents, random) for options in _options(category, colours)]
        yield Product(handle, title, category.name, colours[0], variants)


def _options(category: Category, colours: Sequence[str]) -> Iterator[Mapping[str, str]]:
    for size in SIZES if category.sized else ("",):
        for colour in colours if category.coloured else ("",):
            yield {name: value for name, value in (("size", size), ("colour", colour)) if value}


def _variant(handle: str, options: Mapping[str, str], cents: int, random: Random) -> Mapping[str, Any]:
    stock = random.randint(1, 3) if random.randrange(_SCARCE_ONE_IN) == 0 else random.randint(50, 400)
    return {
        "sku": "-".join((handle, *options.values())).upper(),
        "options": options,
        "prices": {"USD": cents, "EUR": _charming(cents * _EURO_PERCENT // 100)},
        "stock": stock,
    }


def _price(category: Category, random: Random) -> int:
    return _charming(random.randint(category.cheapest, category.dearest))


def _charming(amount: int) -> int:
    """The nearest amount below that ends in 50 or 90, as shops like it."""
    whole, rest = divmod(amount, 100)
    return whole * 100 + (90 if rest >= 90 else 50) if rest >= 50 else max(whole * 100 - 10, 50)
