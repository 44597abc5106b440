"""Resolving the code that a shopper typed."""
