"""What surrounds every request and answer: id, trace, limit of the body, headers, measure and log line."""

from servicekit.http.exchange.middleware import Exchange

__all__ = ["Exchange"]
