"""Callers."""
