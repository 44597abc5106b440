"""Archiving carts, and reading one that was archived."""
