"""What to offer next, and what became of it."""
