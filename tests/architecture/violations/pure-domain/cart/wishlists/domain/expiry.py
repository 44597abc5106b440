"""A domain that has a clock."""

import time  # noqa: F401
