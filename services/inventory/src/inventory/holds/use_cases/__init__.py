"""Uses of holds that open transactions of their own."""
