"""Periods, scopes, rates and averages; pure."""
