"""A replica of what can be bought."""
