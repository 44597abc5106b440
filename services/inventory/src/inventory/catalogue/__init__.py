"""Products and their variants: what exists and what it costs."""
