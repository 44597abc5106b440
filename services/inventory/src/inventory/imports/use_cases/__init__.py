"""Uses of imports that open transactions of their own."""
