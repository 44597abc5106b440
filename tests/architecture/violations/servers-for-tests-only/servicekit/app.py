"""A chassis that starts servers in production."""

import localservers.servers  # noqa: F401
