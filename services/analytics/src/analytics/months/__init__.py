"""The months of the event log, each a partition of it."""
