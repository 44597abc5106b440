"""What a recovery mail says and looks like, and how it is handed to the provider."""
