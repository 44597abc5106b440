"""Keeping an address with consent, passing it on to the cart that comes after, and forgetting it."""
