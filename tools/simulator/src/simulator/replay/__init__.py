"""Shopping again what a file of real invoices says, and checking that analytics counts what the file counts."""
