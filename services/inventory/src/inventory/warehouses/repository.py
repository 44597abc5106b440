"""Every statement about warehouses."""

from uuid import UUID

import asyncpg
from servicekit.db import Unit
from servicekit.ids import new_id

_COLUMNS = "id, code, name, priority, is_default, created_at"


async def default_id(unit: Unit, company_id: UUID) -> UUID | None:
    """The company's default warehouse, if it has one yet."""
    found: UUID | None = await unit.fetchval(
        "SELECT id FROM warehouses WHERE company_id = $1 AND is_default", company_id
    )
    return found


async def add_default(unit: Unit, company_id: UUID, code: str, name: str) -> UUID:
    """Make the default warehouse, or return the one that somebody else made meanwhile."""
    made: UUID = await unit.fetchval(
        "INSERT INTO warehouses (id, company_id, code, name, priority, is_default) VALUES ($1, $2, $3, $4, 0, true)"
        " ON CONFLICT (company_id) WHERE is_default DO UPDATE SET name = warehouses.name RETURNING id",
        new_id(),
        company_id,
        code,
        name,
    )
    return made


async def add(unit: Unit, company_id: UUID, *, code: str, name: str, priority: int) -> asyncpg.Record | None:
    """Make a warehouse; None when the code is taken."""
    return await unit.fetchrow(
        "INSERT INTO warehouses (id, company_id, code, name, priority, is_default) VALUES ($1, $2, $3, $4, $5, false)"
        f" ON CONFLICT (company_id, code) DO NOTHING RETURNING {_COLUMNS}",
        new_id(),
        company_id,
        code,
        name,
        priority,
    )


async def exists(unit: Unit, company_id: UUID, warehouse_id: UUID) -> bool:
    """Whether the company has this warehouse."""
    found: bool = await unit.fetchval(
        "SELECT EXISTS (SELECT FROM warehouses WHERE company_id = $1 AND id = $2)", company_id, warehouse_id
    )
    return found


async def page(unit: Unit, company_id: UUID, *, after: UUID | None, limit: int) -> list[asyncpg.Record]:
    """The company's warehouses in the order of their ids."""
    return await unit.fetch(
        f"SELECT {_COLUMNS} FROM warehouses WHERE company_id = $1 AND ($2::uuid IS NULL OR id > $2)"
        " ORDER BY id LIMIT $3",
        company_id,
        after,
        limit,
    )
