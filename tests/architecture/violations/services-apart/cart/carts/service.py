"""A service that reaches into another."""

import pricing.settings  # noqa: F401
