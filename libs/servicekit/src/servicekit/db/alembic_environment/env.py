"""Alembic's entry, for every service: Alembic runs this file, nobody imports it."""

from servicekit.db.migrations import run_environment

run_environment()
