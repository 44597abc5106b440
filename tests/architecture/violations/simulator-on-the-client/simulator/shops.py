"""A simulator that reads what the services share."""

import contracts.cart  # noqa: F401
