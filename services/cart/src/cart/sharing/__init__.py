"""Carts that are shared by a link: what it shows, and copying it into one's own cart."""
