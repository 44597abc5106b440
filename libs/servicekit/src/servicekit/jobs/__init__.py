"""Timed jobs: what they are, when they run, and how they went."""
