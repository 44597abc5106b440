"""The projections: one row a cart and one row a product in a cart, made from events by merging."""
