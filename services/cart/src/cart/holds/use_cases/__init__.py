"""Changes of what a cart holds, each in three steps: marked on the cart, requested of inventory, noted on the cart."""
