"""Resolving taxes and shipping for an address."""
