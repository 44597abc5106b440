"""Carts: what a shopper has chosen, from creation to one of the final states."""
