"""Tests that start the whole stack for their servers."""

import cartwheel_local.stack  # noqa: F401
