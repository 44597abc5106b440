"""The fields of products and variants as they may come in, from a request or from a file."""

from typing import Annotated

from contracts.money import CurrencyCode, MinorUnits
from pydantic import Field, StringConstraints
from servicekit.http.free_text import CONTROLS, FREE_TEXT

Handle = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=rf"^[^\s{CONTROLS}]+$")]
"""The merchant's own key of a product, without spaces."""
Sku = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=FREE_TEXT)]
"""The merchant's own key of a variant."""
Title = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=FREE_TEXT)]
Slug = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
"""The product's part of a page's address."""
Category = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=FREE_TEXT)]
Categories = Annotated[list[Category], Field(max_length=50)]
ImageUrl = Annotated[str, StringConstraints(max_length=2048, pattern=rf"^(https?://|/)[^\s{CONTROLS}]*$")]
"""An absolute address, or one at the shop itself; never a script."""
Images = Annotated[list[ImageUrl], Field(max_length=30)]
"""Pictures in the order in which they are shown; the first one is the product's in lists."""
Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=FREE_TEXT)]
Options = Annotated[dict[Word, Word], Field(max_length=10)]
"""What distinguishes a variant from its siblings, such as {"size": "M"}."""
Attributes = Annotated[
    dict[Word, Annotated[str, StringConstraints(max_length=1000, pattern=FREE_TEXT)]], Field(max_length=100)
]
"""What is compared and shown, such as {"material": "oak"}."""
Amount = Annotated[MinorUnits, Field(ge=0, le=1_000_000_000_000)]
Prices = Annotated[dict[CurrencyCode, Amount], Field(max_length=50)]
"""Amounts by currency code."""
RequiredPrices = Annotated[dict[CurrencyCode, Amount], Field(min_length=1, max_length=50)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
"""A number of pieces."""
Grams = Annotated[int, Field(ge=0, le=100_000_000)]
"""What a piece weighs."""
