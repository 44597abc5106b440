"""A mail as MIME; pure."""
