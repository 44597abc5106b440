"""Consumers that need the spans."""

from servicekit.messaging import spans  # noqa: F401
