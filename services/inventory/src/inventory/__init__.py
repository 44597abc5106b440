"""Catalogue, stock and holds."""
