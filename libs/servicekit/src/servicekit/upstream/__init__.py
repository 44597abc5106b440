"""Calls to other services, each behind a circuit breaker."""
