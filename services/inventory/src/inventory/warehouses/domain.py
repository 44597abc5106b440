"""What a warehouse is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A place where stock lies; holds take from warehouses in rising `priority`, the default one having 0."""

    id: UUID
    code: str
    name: str
    priority: int
    is_default: bool
    created_at: datetime
