"""Alembic's environment."""

from servicekit.migrations import run_environment
from sqlalchemy import MetaData

run_environment(MetaData())
