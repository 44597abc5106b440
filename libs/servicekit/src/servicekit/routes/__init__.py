"""What a route declares: its caller, its transaction, its limit, its idempotency; and the document made of that."""
