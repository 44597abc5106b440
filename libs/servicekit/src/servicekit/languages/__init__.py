"""Sentences in the languages of the platform, and which of them an answer is in."""
