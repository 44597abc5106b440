from servicekit.db.migrations import run_environment
from upsell.tables import metadata

run_environment(metadata)
