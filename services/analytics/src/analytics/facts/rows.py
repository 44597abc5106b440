"""The facts of a cart as a row, and back: the registers of domain.CartFacts are spread over columns of their own."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from analytics.facts.domain import CartFacts, ProductFacts, Sale, Snapshot, State
from analytics.facts.reading import CartKey, ProductKey

_STATE = ("state_version", "state_rank", "status", "site_id", "currency")
_SNAPSHOT = ("snapshot_version", "snapshot_rank", "item_count", "value")
_SALE = ("sale_version", "revenue", "units", "discounts")
_REGISTERS = ("state", "snapshot", "sale")
_PLAIN = tuple(field.name for field in fields(CartFacts) if field.name not in _REGISTERS)

COLUMNS = (*_STATE, *_SNAPSHOT, *_SALE, *_PLAIN)
"""Every column of cart_facts but its key."""


def facts_of_row(row: Mapping[str, Any]) -> CartFacts:
    """The facts that a row of cart_facts holds."""
    return CartFacts(
        state=State(*(row[name] for name in _STATE)) if row["state_version"] is not None else None,
        snapshot=Snapshot(*(row[name] for name in _SNAPSHOT)) if row["snapshot_version"] is not None else None,
        sale=Sale(*(row[name] for name in _SALE)) if row["sale_version"] is not None else None,
        **{name: row[name] for name in _PLAIN},
    )


def row_of_facts(key: CartKey, facts: CartFacts) -> dict[str, Any]:
    """The row of cart_facts that holds a cart's facts."""
    row = {"company_id": key[0], "cart_id": key[1], **{name: getattr(facts, name) for name in _PLAIN}}
    for names, register in ((_STATE, facts.state), (_SNAPSHOT, facts.snapshot), (_SALE, facts.sale)):
        row.update(zip(names, register or (None,) * len(names), strict=True))
    return row


def row_of_product(key: ProductKey, facts: ProductFacts) -> dict[str, Any]:
    """The row of cart_products that holds the facts of a product in a cart."""
    return {"company_id": key[0], "cart_id": key[1], "product_id": key[2], **asdict(facts)}
