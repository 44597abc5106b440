"""Bundles that shoppers put into their carts and take out."""
