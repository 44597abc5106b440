"""What has to be true after a run: pure functions of the ledger and of what the platform has."""
