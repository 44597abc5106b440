"""What has to be true of rendered objects; each rule yields a sentence for each fault."""
