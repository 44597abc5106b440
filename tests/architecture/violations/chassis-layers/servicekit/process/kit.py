"""A kit that reaches up to a route's callers."""

from servicekit.routes import callers  # noqa: F401
