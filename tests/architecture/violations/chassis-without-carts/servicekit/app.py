"""A chassis that knows about carts."""

import contracts.cart  # noqa: F401
