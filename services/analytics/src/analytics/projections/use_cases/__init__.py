"""Projecting new events, projecting all of them again, and the digest that compares the two."""
