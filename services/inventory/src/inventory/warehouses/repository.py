"""Every statement about warehouses."""

from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.ids import new_id

from inventory.warehouses.domain import Warehouse

_COLUMNS = "id, code, name, priority, is_default, created_at"


async def default_id(unit: TenantUnit) -> UUID | None:
    """The company's default warehouse, if it has one yet."""
    found: UUID | None = await unit.fetchval(
        "SELECT id FROM warehouses WHERE company_id = $1 AND is_default", unit.company_id
    )
    return found


async def add_default(unit: TenantUnit, code: str, name: str) -> UUID:
    """Make the default warehouse, or return the one that somebody else made meanwhile."""
    made: UUID = await unit.fetchval(
        "INSERT INTO warehouses (id, company_id, code, name, priority, is_default) VALUES ($1, $2, $3, $4, 0, true)"
        " ON CONFLICT (company_id) WHERE is_default DO UPDATE SET name = warehouses.name RETURNING id",
        new_id(),
        unit.company_id,
        code,
        name,
    )
    return made


async def add(unit: TenantUnit, *, code: str, name: str, priority: int) -> Warehouse | None:
    """Make a warehouse; None when the code is taken."""
    row = await unit.fetchrow(
        "INSERT INTO warehouses (id, company_id, code, name, priority, is_default) VALUES ($1, $2, $3, $4, $5, false)"
        f" ON CONFLICT (company_id, code) DO NOTHING RETURNING {_COLUMNS}",
        new_id(),
        unit.company_id,
        code,
        name,
        priority,
    )
    return Warehouse(**row) if row else None


async def exists(unit: TenantUnit, warehouse_id: UUID) -> bool:
    """Whether the company has this warehouse."""
    found: bool = await unit.fetchval(
        "SELECT EXISTS (SELECT FROM warehouses WHERE company_id = $1 AND id = $2)", unit.company_id, warehouse_id
    )
    return found


async def page(unit: TenantUnit, *, after: UUID | None, limit: int) -> list[Warehouse]:
    """The company's warehouses in the order of their ids."""
    rows = await unit.fetch(
        f"SELECT {_COLUMNS} FROM warehouses WHERE company_id = $1 AND ($2::uuid IS NULL OR id > $2)"
        " ORDER BY id LIMIT $3",
        unit.company_id,
        after,
        limit,
    )
    return [Warehouse(**row) for row in rows]
