"""What is done with where a cart is shipped to."""
