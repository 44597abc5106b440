"""What one running process shares: its kit, with feature flags and rate limits."""
