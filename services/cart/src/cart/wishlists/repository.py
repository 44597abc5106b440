"""Every SQL statement of wishlists, beside those that lists have in common."""

from datetime import datetime

import asyncpg
from servicekit.db import TenantUnit
from servicekit.db.row_sets import RowSet

from cart.lists.domain import Owner
from cart.lists.rows import ListRows, fields_of, publish
from cart.wishlists.domain import Wish, Wishlist

_LISTS = ListRows("wishlists", "wishlist_items", "wishlist_id")
_WISHES = RowSet(
    (
        ("id", "uuid"),
        ("product_id", "uuid"),
        ("variant_id", "uuid"),
        ("quantity", "int"),
        ("note", "text"),
        ("options", "jsonb"),
        ("rank", "int"),
        ("created_at", "timestamptz"),
    )
)
_NAMES = ", ".join(name for name, _ in _WISHES.columns)
_SAVE_WISHES = f"""
INSERT INTO wishlist_items (company_id, wishlist_id, {_NAMES}) SELECT $1, $2, {_NAMES}
FROM {_WISHES.sql("w", 3, single=False)}
ON CONFLICT (company_id, id) DO UPDATE SET quantity = excluded.quantity, note = excluded.note, rank = excluded.rank
"""


async def find(unit: TenantUnit, owner: Owner) -> Wishlist | None:
    """The owner's list, if they have one; read under their lock (`lists.repository.lock`) by whoever changes it."""
    return await _load(unit, await _LISTS.of_owner(unit, owner))


async def of_session(unit: TenantUnit, session_hash: bytes) -> Wishlist | None:
    """The list of a guest's session, if there is one."""
    return await _load(unit, await _LISTS.of_session(unit, session_hash))


async def shared(unit: TenantUnit, token_hash: bytes, now: datetime) -> Wishlist | None:
    """The list that a link opens at this moment, if it opens one."""
    return await _load(unit, await _LISTS.of_link(unit, token_hash, now))


async def save(unit: TenantUnit, wishlist: Wishlist) -> None:
    """Write the list, its changed wishes, and the event of the change; nothing where nothing was changed."""
    if wishlist.change is None:
        return
    await _LISTS.save(unit, wishlist)
    if touched := [_row(wish) for wish in wishlist.wishes if wish.id in wishlist.touched]:
        await unit.execute(_SAVE_WISHES, unit.company_id, wishlist.id, *_WISHES.args(touched, single=False))
    await publish(unit, wishlist)


async def delete(unit: TenantUnit, wishlist: Wishlist) -> None:
    """Delete a list with its wishes: a guest's that went into a customer's."""
    await _LISTS.delete(unit, wishlist)


async def _load(unit: TenantUnit, row: asyncpg.Record | None) -> Wishlist | None:
    if row is None:
        return None
    wishes = await unit.fetch(
        f"SELECT {_NAMES} FROM wishlist_items WHERE company_id = $1 AND wishlist_id = $2 ORDER BY rank, id",
        unit.company_id,
        row["id"],
    )
    return Wishlist(**fields_of(row), wishes=[Wish(**dict(wish)) for wish in wishes])


def _row(wish: Wish) -> tuple[object, ...]:
    return (
        wish.id,
        wish.product_id,
        wish.variant_id,
        wish.quantity,
        wish.note,
        wish.options,
        wish.rank,
        wish.created_at,
    )
