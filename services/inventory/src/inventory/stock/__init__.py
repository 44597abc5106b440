"""What is left of each variant, and every way it changes."""
