"""Shopping carts: the shopper's state on every site and device."""
