"""Takes versions of services in and out, and shows that nothing is lost by it."""
