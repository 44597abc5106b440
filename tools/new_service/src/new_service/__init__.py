"""Makes an empty service from a template: `make new-service NAME=loyalty`."""
