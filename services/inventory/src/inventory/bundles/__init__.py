"""Products that are sold together."""
