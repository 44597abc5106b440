"""Links to carts, what they show, and what becomes of it in somebody else's cart. Pure."""
