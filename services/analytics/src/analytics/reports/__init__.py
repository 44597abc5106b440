"""The reports of a dashboard, read from the figures."""
