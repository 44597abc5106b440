"""Open tabs and devices see a cart change: server-sent events (ADR 0049)."""
