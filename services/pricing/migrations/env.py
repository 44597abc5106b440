from pricing.tables import metadata
from servicekit.migrations import run_environment

run_environment(metadata)
