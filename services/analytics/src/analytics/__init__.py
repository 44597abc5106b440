"""Every number on every dashboard, counted from the event stream and rebuildable from its log."""
