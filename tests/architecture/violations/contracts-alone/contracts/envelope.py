"""A contract that needs a web framework."""

import fastapi  # noqa: F401
