"""A file without a role."""

from cart.carts import routes  # noqa: F401
