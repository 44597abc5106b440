"""Alembic's environment for the cart service's database."""

from cart.tables import metadata
from servicekit.db.migrations import run_environment

run_environment(metadata)
