"""Finding what can be offered."""
