"""Events from the outbox of their cause to the handlers of other services (messaging.md)."""
