"""A repository that reaches up, through a file without a role."""

from cart.carts import wiring  # noqa: F401
