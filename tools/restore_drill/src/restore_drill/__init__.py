"""A stack is backed up under load, loses its PostgreSQL, is restored, and must agree with what it accepted."""
