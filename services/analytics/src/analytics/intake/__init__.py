"""Taking events in."""
