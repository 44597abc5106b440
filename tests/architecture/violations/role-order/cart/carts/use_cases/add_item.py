"""A use case."""
