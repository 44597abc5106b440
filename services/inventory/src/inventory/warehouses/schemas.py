"""Bodies and answers of the warehouses' routes."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints
from servicekit.http.bodies import Body, View

from inventory.catalogue.fields import Word
from inventory.warehouses.domain import Warehouse


class NewWarehouse(Body):
    """A warehouse to be made; holds take from warehouses in rising `priority`, the default one having 0."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,49}$")]
    name: Word
    priority: Annotated[int, Field(ge=0, le=1_000_000)] = 100


class WarehouseView(View):
    """A warehouse."""

    id: UUID
    code: str
    name: str
    priority: int
    is_default: bool
    created_at: datetime

    @classmethod
    def of(cls, warehouse: Warehouse) -> Self:
        """The view of a warehouse."""
        return cls(**asdict(warehouse))
