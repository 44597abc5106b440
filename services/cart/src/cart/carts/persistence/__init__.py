"""Carts in PostgreSQL: every SQL statement of this noun."""
