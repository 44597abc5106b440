"""Alembic's entry: everything is in servicekit.db.migrations."""

from analytics.tables import METADATA
from servicekit.db.migrations import run_environment

run_environment(METADATA)
