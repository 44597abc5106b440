"""Bringing a catalogue in from a CSV or JSON Lines file."""
