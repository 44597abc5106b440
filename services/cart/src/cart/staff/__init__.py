"""What a company's staff sees of its carts."""
