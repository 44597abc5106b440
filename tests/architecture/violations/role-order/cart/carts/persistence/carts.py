"""A file of a lower folder that reaches up into a higher one."""

from cart.carts.use_cases import add_item  # noqa: F401
