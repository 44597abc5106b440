"""What is done with warehouses."""

from uuid import UUID

from servicekit.db import TenantUnit

from inventory.errors import KeyTaken
from inventory.warehouses import repository
from inventory.warehouses.domain import Warehouse

DEFAULT_CODE = "main"
DEFAULT_NAME = "Main warehouse"


async def default_warehouse(unit: TenantUnit) -> UUID:
    """The company's default warehouse, made when it is first needed."""
    known = await repository.default_id(unit)
    return known or await repository.add_default(unit, DEFAULT_CODE, DEFAULT_NAME)


async def add_warehouse(unit: TenantUnit, *, code: str, name: str, priority: int) -> Warehouse:
    """Add a warehouse beside the default one; raises KeyTaken for a code in use.

    Holds take from warehouses in rising `priority`; the default one has 0.
    """
    await default_warehouse(unit)
    made = await repository.add(unit, code=code, name=name, priority=priority)
    if made is None:
        raise KeyTaken(field="code")
    return made


async def list_warehouses(unit: TenantUnit, *, after: UUID | None, limit: int) -> list[Warehouse]:
    """The company's warehouses in the order of their ids."""
    return await repository.page(unit, after=after, limit=limit)
