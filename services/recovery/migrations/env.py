"""Alembic's environment: the chassis' own, over this service's tables."""

from recovery.tables import metadata
from servicekit.db.migrations import run_environment

run_environment(metadata)
