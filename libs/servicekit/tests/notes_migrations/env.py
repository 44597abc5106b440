"""Alembic's environment."""

from servicekit.db.migrations import run_environment
from sqlalchemy import MetaData

run_environment(MetaData())
