"""The cart service's tables, for migrations; queries are written out in the repositories."""

from cart.tables import archive, carts, erasures, lists, replicas, sites
from cart.tables.columns import METADATA

__all__ = ["METADATA", "archive", "carts", "erasures", "lists", "replicas", "sites"]
