"""A quote that needs pydantic."""

import pydantic  # noqa: F401
