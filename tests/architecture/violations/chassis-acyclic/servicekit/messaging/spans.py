"""Spans that need the consumers."""

from servicekit.messaging import consuming  # noqa: F401
