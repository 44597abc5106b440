"""Traces, logs, and what the work at hand was caused by."""
