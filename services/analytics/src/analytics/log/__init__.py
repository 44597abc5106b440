"""The append-only log of events: everything else here can be made from it again."""
