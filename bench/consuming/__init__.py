"""How fast workers take in a backlog of events."""
