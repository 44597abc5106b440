"""Erasing customers: the request, what becomes of it in every service, and cart's own part."""
