"""The routes of operations: probes, metrics, timed jobs and dead letters."""
