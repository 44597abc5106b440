"""A client that takes its models from the services."""

import contracts.cart  # noqa: F401
