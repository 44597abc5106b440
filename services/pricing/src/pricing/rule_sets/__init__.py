"""The compiled rules of price that carts replicate."""
