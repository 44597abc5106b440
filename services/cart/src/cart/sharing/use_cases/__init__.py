"""What is done with links to carts, a file each."""
