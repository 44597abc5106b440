"""A directory of servers that knows services."""

import servicekit  # noqa: F401
