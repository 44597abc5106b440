"""Opening a link, counting its click, restoring its cart, unsubscribing its recipient."""
