"""Backups of the stack's PostgreSQL with pgBackRest: taken, checked and restored, encrypted, in an S3 bucket."""
