"""PostgreSQL: a pool, and the unit, one transaction of one tenant (`TenantUnit`) or over all (`SystemUnit`)."""

from servicekit.db.database import Database
from servicekit.db.units import SystemUnit, TenantUnit, Unit

__all__ = ["Database", "SystemUnit", "TenantUnit", "Unit"]
