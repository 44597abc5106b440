"""Sending due mails: lease, check with cart, reserve, hand over, record the outcome (rules.md 28)."""
