"""Mails and pages as a reader sees them: words, amounts, dates and templates."""
