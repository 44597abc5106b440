"""What the staff of a company did in every service."""
