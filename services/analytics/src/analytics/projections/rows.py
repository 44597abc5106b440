"""CartFacts as columns of `cart_facts`, and back: state, contents and sale are spread over columns of their own."""

from dataclasses import asdict, fields
from typing import Any

import asyncpg

from analytics.projections.domain.cart_facts import CartFacts, Contents, ProductFacts, Sale, State
from analytics.projections.domain.project import CartKey, ProductKey

_STATE = ("state_version", "state_rank", "status", "site_id", "currency")
_CONTENTS = ("contents_version", "contents_rank", "item_count", "value")
_SALE = ("sale_version", "revenue", "quantity", "discounts")
_VERSIONED = ("state", "contents", "sale")
_PLAIN = tuple(field.name for field in fields(CartFacts) if field.name not in _VERSIONED)

COLUMNS = (*_STATE, *_CONTENTS, *_SALE, *_PLAIN)
"""Every column of cart_facts but its key."""


def facts_of_row(row: asyncpg.Record) -> CartFacts:
    """The facts that a row of `cart_facts` holds."""
    return CartFacts(
        state=State(*(row[name] for name in _STATE)) if row["state_version"] is not None else None,
        contents=Contents(*(row[name] for name in _CONTENTS)) if row["contents_version"] is not None else None,
        sale=Sale(*(row[name] for name in _SALE)) if row["sale_version"] is not None else None,
        **{name: row[name] for name in _PLAIN},
    )


def row_of_facts(key: CartKey, facts: CartFacts) -> dict[str, Any]:
    """The row of `cart_facts` that holds a cart's facts."""
    row = {"company_id": key[0], "cart_id": key[1], **{name: getattr(facts, name) for name in _PLAIN}}
    for names, values in ((_STATE, facts.state), (_CONTENTS, facts.contents), (_SALE, facts.sale)):
        row.update(zip(names, values or (None,) * len(names), strict=True))
    return row


def row_of_product(key: ProductKey, facts: ProductFacts) -> dict[str, Any]:
    """The row of `cart_products` that holds the facts of a product in a cart."""
    return {"company_id": key[0], "cart_id": key[1], "product_id": key[2], **asdict(facts)}
