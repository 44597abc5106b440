"""Contacts and consents as they are stored."""
