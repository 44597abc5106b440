"""The rows that events become, and how the rows of one cart are merged; pure."""
