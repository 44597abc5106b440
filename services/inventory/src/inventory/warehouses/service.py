"""What is done with warehouses."""

from uuid import UUID

import asyncpg
from servicekit.db import Unit

from inventory.errors import KeyTaken
from inventory.warehouses import repository

DEFAULT_CODE = "main"
DEFAULT_NAME = "Main warehouse"


async def default_warehouse(unit: Unit, company_id: UUID) -> UUID:
    """The company's default warehouse, made when it is first needed."""
    known = await repository.default_id(unit, company_id)
    return known or await repository.add_default(unit, company_id, DEFAULT_CODE, DEFAULT_NAME)


async def add_warehouse(unit: Unit, company_id: UUID, *, code: str, name: str, priority: int) -> asyncpg.Record:
    """Add a warehouse beside the default one; raises KeyTaken for a code in use.

    Holds take from warehouses in rising `priority`; the default one has 0.
    """
    await default_warehouse(unit, company_id)
    row = await repository.add(unit, company_id, code=code, name=name, priority=priority)
    if row is None:
        raise KeyTaken(field="code")
    return row


async def list_warehouses(unit: Unit, company_id: UUID, *, after: UUID | None, limit: int) -> list[asyncpg.Record]:
    """The company's warehouses in the order of their ids."""
    return await repository.page(unit, company_id, after=after, limit=limit)
