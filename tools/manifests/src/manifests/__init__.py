"""What each service's `service.toml` says, and the files that are generated from it or checked against it."""
