"""What wishlists and comparisons have in common: whose they are, what they show of products, and their links."""
