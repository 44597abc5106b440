"""Simulated shoppers and replayed invoices on top of the Python client, and whether analytics counts what they saw."""
