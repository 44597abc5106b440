"""What is done for a storefront."""
