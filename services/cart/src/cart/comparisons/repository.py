"""Every SQL statement of comparisons, beside those that lists have in common."""

from datetime import datetime

import asyncpg
from servicekit.db import TenantUnit
from servicekit.db.row_sets import RowSet

from cart.comparisons.domain import ComparedItem, Comparison
from cart.lists.domain import Owner
from cart.lists.rows import ListRows, fields_of, publish

_LISTS = ListRows("product_comparisons", "product_comparison_items", "comparison_id", ("expires_at",))
_ITEMS = RowSet((("id", "uuid"), ("product_id", "uuid"), ("variant_id", "uuid"), ("created_at", "timestamptz")))
_NAMES = ", ".join(name for name, _ in _ITEMS.columns)
_SAVE_ITEMS = f"""
INSERT INTO product_comparison_items (company_id, comparison_id, {_NAMES}) SELECT $1, $2, {_NAMES}
FROM {_ITEMS.sql("i", 3, single=False)}
"""


async def find(unit: TenantUnit, owner: Owner) -> Comparison | None:
    """The owner's comparison, if there is one; who changes it has their lock (`lists.repository.lock`)."""
    return await _load(unit, await _LISTS.of_owner(unit, owner))


async def of_session(unit: TenantUnit, session_hash: bytes) -> Comparison | None:
    """The comparison of a guest's session, if there is one."""
    return await _load(unit, await _LISTS.of_session(unit, session_hash))


async def shared(unit: TenantUnit, token_hash: bytes, now: datetime) -> Comparison | None:
    """The comparison that a link opens at this moment, if it opens one."""
    return await _load(unit, await _LISTS.of_link(unit, token_hash, now))


async def save(unit: TenantUnit, comparison: Comparison) -> None:
    """Write the comparison, what is new in it, and the event of the change; nothing where nothing was changed."""
    if comparison.change is None:
        return
    await _LISTS.save(unit, comparison, comparison.expires_at)
    if new := [_row(item) for item in comparison.items if item.id in comparison.touched]:
        await unit.execute(_SAVE_ITEMS, unit.company_id, comparison.id, *_ITEMS.args(new, single=False))
    await publish(unit, comparison)


async def note_use(unit: TenantUnit, comparison: Comparison, until: datetime) -> None:
    """Keep a comparison at least until then: no change of it."""
    await unit.execute(
        "UPDATE product_comparisons SET expires_at = $3 WHERE company_id = $1 AND id = $2 AND expires_at < $3",
        unit.company_id,
        comparison.id,
        until,
    )


async def delete(unit: TenantUnit, comparison: Comparison) -> None:
    """Delete a comparison with its items: a guest's that went into a customer's."""
    await _LISTS.delete(unit, comparison)


async def _load(unit: TenantUnit, row: asyncpg.Record | None) -> Comparison | None:
    if row is None:
        return None
    items = await unit.fetch(
        f"SELECT {_NAMES} FROM product_comparison_items WHERE company_id = $1 AND comparison_id = $2 ORDER BY id",
        unit.company_id,
        row["id"],
    )
    return Comparison(
        **fields_of(row), items=[ComparedItem(**dict(item)) for item in items], expires_at=row["expires_at"]
    )


def _row(item: ComparedItem) -> tuple[object, ...]:
    return item.id, item.product_id, item.variant_id, item.created_at
