"""Promotions: automatic or by code."""
