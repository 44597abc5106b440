"""Writing a step's mail."""
