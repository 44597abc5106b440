"""Names of the event schemas, as the envelope's `dataschema` and the schemas' own `$id`."""

PREFIX = "urn:cartwheel:event:"


def schema_id(event_type: str) -> str:
    """Return the URI of an event type's JSON Schema."""
    return PREFIX + event_type
