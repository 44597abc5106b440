"""Alembic's entry: everything is in servicekit.migrations."""

from analytics.tables import METADATA
from servicekit.migrations import run_environment

run_environment(METADATA)
