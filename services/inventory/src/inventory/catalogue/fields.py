"""The fields of products and variants as they may come in, from a request or from a file."""

from typing import Annotated

from contracts.money import CurrencyCode, MinorUnits
from pydantic import Field, StringConstraints

_LINE = r"^[^\x00-\x1f\x7f]*$"
"""One line of text, without control characters."""

Handle = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x20\x7f]+$")]
"""The merchant's own key of a product, without spaces."""
Sku = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_LINE)]
"""The merchant's own key of a variant."""
Title = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=_LINE)]
Slug = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
"""The product's part of a page's address."""
Category = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_LINE)]
Categories = Annotated[list[Category], Field(max_length=50)]
ImageUrl = Annotated[str, StringConstraints(max_length=2048, pattern=r"^(https?://|/)[^\x00-\x20\x7f]*$")]
"""An absolute address, or one at the shop itself; never a script."""
Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_LINE)]
Options = Annotated[dict[Word, Word], Field(max_length=10)]
"""What distinguishes a variant from its siblings, such as {"size": "M"}."""
Attributes = Annotated[
    dict[Word, Annotated[str, StringConstraints(max_length=1000, pattern=_LINE)]], Field(max_length=100)
]
"""What is compared and shown, such as {"material": "oak"}."""
Amount = Annotated[MinorUnits, Field(ge=0, le=1_000_000_000_000)]
Prices = Annotated[dict[CurrencyCode, Amount], Field(max_length=50)]
"""Amounts by currency code."""
RequiredPrices = Annotated[dict[CurrencyCode, Amount], Field(min_length=1, max_length=50)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
"""A number of pieces."""
