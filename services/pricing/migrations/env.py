from pricing.tables import metadata
from servicekit.db.migrations import run_environment

run_environment(metadata)
