"""Mails of recoveries: which are due, who has reserved one, and what became of it."""
