"""A file's articles as products of the catalogue: one variant for each code and price (of one article, many prices)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid5

from simulator.replay.sales import CURRENCY
from simulator.replay.staging import Article

VARIANTS_PER_PRODUCT = 100
"""An import takes at most 200; fees that are booked as articles have hundreds of prices and become several products."""
_MOST_TITLE = 300


def products(company_id: UUID, article: Article) -> Iterator[Mapping[str, Any]]:
    """The article as rows of an import: stock not counted, priced in pounds."""
    for start in range(0, len(article.prices), VARIANTS_PER_PRODUCT):
        prices = article.prices[start : start + VARIANTS_PER_PRODUCT]
        yield {
            "id": str(_id(company_id, "product", article.code, start)),
            "handle": quote(article.code, safe="") + (f"~{start}" if start else ""),
            "title": article.title[:_MOST_TITLE],
            "variants": [_variant(company_id, article.code, pence) for pence in prices],
        }


def product_ids(company_id: UUID, code: str, prices: Sequence[int]) -> Mapping[int, tuple[UUID, UUID]]:
    """The product's and the variant's id of each price of a code, as `products` gives them."""
    return {
        pence: (
            _id(company_id, "product", code, index - index % VARIANTS_PER_PRODUCT),
            _id(company_id, "variant", code, pence),
        )
        for index, pence in enumerate(prices)
    }


def _variant(company_id: UUID, code: str, pence: int) -> Mapping[str, Any]:
    return {
        "id": str(_id(company_id, "variant", code, pence)),
        "sku": f"{code} @ {pence // 100}.{pence % 100:02}",
        "prices": {CURRENCY: pence},
        "tracked": False,
    }


def _id(company_id: UUID, kind: str, code: str, number: int) -> UUID:
    """Always the same for the same shop, so that nobody has to look up what the catalogue gave."""
    return uuid5(company_id, f"{kind}:{number}:{code}")
