"""Contacts and consents as they are stored, and the keys that seal and recognise addresses."""
