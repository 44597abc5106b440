"""What is done with carts, a file for each use case; every change goes through `change`."""
