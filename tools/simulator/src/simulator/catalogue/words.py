"""What the sample catalogue's products are made of: categories with their nouns, options and ranges of price."""

from dataclasses import dataclass
from typing import Final

SIZES: Final = ("XS", "S", "M", "L", "XL")
COLOURS: Final = {
    "sand": "#d9c7a3",
    "ink": "#27324a",
    "moss": "#6b7f4e",
    "brick": "#a6503a",
    "sky": "#8fb6d0",
    "chalk": "#eeece4",
    "plum": "#6d3f5b",
    "ochre": "#c8922f",
}
"""Colours of variants and pictures, as CSS has them."""
STYLES: Final = (
    *("Harbour", "Meadow", "Lantern", "Orchard", "Cinder", "Willow", "Pebble", "Summit", "Hearth", "Drift"),
    *("Juniper", "Beacon", "Thistle", "Copper", "Linden", "Marsh", "Quarry", "Saffron", "Tidal", "Clover"),
)


@dataclass(frozen=True, slots=True)
class Category:
    """A category: what its products are called and made of, and the cheapest and the dearest in US cents."""

    name: str
    nouns: tuple[str, ...]
    materials: tuple[str, ...]
    cheapest: int
    dearest: int
    sized: bool = False
    coloured: bool = False


CATEGORIES: Final = (
    Category("kitchen", ("mug", "teapot", "bowl", "jug", "plate"), ("enamel", "stoneware", "porcelain"), 900, 5900),
    Category("cookware", ("saucepan", "skillet", "casserole", "kettle"), ("steel", "cast-iron", "copper"), 3900, 18900),
    Category(
        "textiles", ("blanket", "cushion", "throw", "runner"), ("wool", "linen", "cotton"), 1900, 12900, False, True
    ),
    Category(
        "bedding", ("duvet cover", "pillowcase", "sheet"), ("linen", "percale", "flannel"), 1500, 15900, True, False
    ),
    Category("tops", ("shirt", "tee", "jumper", "cardigan"), ("cotton", "merino", "hemp"), 1900, 9900, True, True),
    Category("outerwear", ("coat", "parka", "gilet"), ("waxed", "wool", "quilted"), 7900, 32900, True, True),
    Category("trousers", ("chinos", "jeans", "shorts"), ("cotton", "denim", "corduroy"), 3900, 11900, True, True),
    Category("bags", ("tote", "rucksack", "satchel", "pouch"), ("canvas", "leather", "felt"), 1500, 21900, False, True),
    Category("lighting", ("lamp", "lantern", "pendant"), ("brass", "glass", "paper"), 2900, 24900),
    Category("garden", ("trowel", "planter", "watering can", "bench"), ("teak", "zinc", "terracotta"), 900, 28900),
    Category("paper", ("notebook", "diary", "card set", "calendar"), ("recycled", "laid", "cotton-rag"), 400, 3900),
    Category("care", ("soap", "candle", "hand balm", "bath salt"), ("lavender", "cedar", "rosemary"), 500, 4500),
)
