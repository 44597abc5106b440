"""Carts over HTTP: of guests, customers and other services."""
