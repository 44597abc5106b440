"""The statements that wishlists and comparisons have in common, each for its own table."""

from datetime import datetime
from typing import Any

import asyncpg
from contracts.value import value
from servicekit.db import TenantUnit
from servicekit.messaging import outbox

from cart.lists.domain import Link, OwnedList, Owner

_COLUMNS = (
    *("company_id", "id", "site_id", "customer_id", "session_hash", "version", "share_hash", "shared_until"),
    *("created_at", "updated_at"),
)
_NEVER_CHANGED = ("company_id", "id", "site_id", "created_at")


@value
class ListRows:
    """The rows of lists in `table`, whose items are in `item_table` by `item_column`; `extra` are its own columns."""

    table: str
    item_table: str
    item_column: str
    extra: tuple[str, ...] = ()

    async def of_owner(self, unit: TenantUnit, owner: Owner) -> asyncpg.Record | None:
        """The owner's list."""
        if owner.session_hash is not None:
            return await self.of_session(unit, owner.session_hash)
        return await unit.fetchrow(
            f"{self._select} AND customer_id = $2 AND site_id = $3", unit.company_id, owner.customer_id, owner.site_id
        )

    async def of_session(self, unit: TenantUnit, session_hash: bytes) -> asyncpg.Record | None:
        """The list of a guest's session."""
        return await unit.fetchrow(f"{self._select} AND session_hash = $2", unit.company_id, session_hash)

    async def of_link(self, unit: TenantUnit, token_hash: bytes, now: datetime) -> asyncpg.Record | None:
        """The list that a link opens at this moment."""
        condition = "share_hash = $2 AND shared_until > $3"
        return await unit.fetchrow(f"{self._select} AND {condition}", unit.company_id, token_hash, now)

    async def save(self, unit: TenantUnit, saved: OwnedList[Any], *extra: object) -> None:
        """Write the list itself, with the values of its own columns, and end the items that were removed."""
        columns = (*_COLUMNS, *self.extra)
        owner, link = saved.owner, saved.link
        await unit.execute(
            f"INSERT INTO {self.table} ({', '.join(columns)})"
            f" VALUES ({', '.join(f'${number}' for number in range(1, len(columns) + 1))})"
            f" ON CONFLICT (company_id, id) DO UPDATE SET {_assigned(columns)}",
            unit.company_id,
            saved.id,
            owner.site_id,
            owner.customer_id,
            owner.session_hash,
            saved.version,
            link.token_hash if link else None,
            link.until if link else None,
            saved.created_at,
            saved.updated_at,
            *extra,
        )
        if saved.removed:
            await unit.execute(
                f"DELETE FROM {self.item_table}"
                f" WHERE company_id = $1 AND {self.item_column} = $2 AND id = ANY($3::uuid[])",
                unit.company_id,
                saved.id,
                list(saved.removed),
            )

    async def delete(self, unit: TenantUnit, ended: OwnedList[Any]) -> None:
        """Delete a list with its items."""
        await unit.execute(f"DELETE FROM {self.table} WHERE company_id = $1 AND id = $2", unit.company_id, ended.id)

    @property
    def _select(self) -> str:
        return f"SELECT {', '.join((*_COLUMNS, *self.extra))} FROM {self.table} WHERE company_id = $1"


async def publish(unit: TenantUnit, saved: OwnedList[Any]) -> None:
    """Publish the change of a list that was written."""
    if saved.event is not None:
        await outbox.add(unit, saved.event)


def fields_of(row: asyncpg.Record) -> dict[str, Any]:
    """What every list is made of, from its row."""
    until = row["shared_until"]
    return {
        "id": row["id"],
        "company_id": row["company_id"],
        "owner": Owner(row["site_id"], row["customer_id"], row["session_hash"]),
        "version": row["version"],
        "link": None if row["share_hash"] is None else Link(row["share_hash"], until),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def _assigned(columns: tuple[str, ...]) -> str:
    return ", ".join(f"{column} = excluded.{column}" for column in columns if column not in _NEVER_CHANGED)
