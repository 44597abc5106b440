"""The cart as an aggregate: its state, the changes it allows, and the events they record. Pure."""
