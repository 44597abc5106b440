"""Alembic's entry: the environment that all services share, over inventory's tables."""

from inventory.tables import METADATA
from servicekit.db.migrations import run_environment

run_environment(METADATA)
