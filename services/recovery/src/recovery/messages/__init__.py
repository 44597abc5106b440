"""Mails of recoveries: which are due, who may send one, and what became of it."""
