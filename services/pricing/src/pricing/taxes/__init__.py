"""Tax rates by place."""
