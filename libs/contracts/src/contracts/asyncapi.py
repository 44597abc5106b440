"""The AsyncAPI 3.0 document: which service sends which event, and where to bind a queue to get it."""

from typing import Any

from contracts.base import Event
from contracts.registry import EVERY_SERVICE, PUBLISHERS

EXCHANGE = "evt"
CONTENT_TYPE = "application/cloudevents+json"


def asyncapi_document() -> dict[str, Any]:
    """Describe every event: one channel per type, which is the routing key, and one send operation of its publisher."""
    sent = [(service, event) for service, events in sorted(PUBLISHERS.items()) for event in (*events, *EVERY_SERVICE)]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Cartwheel events",
            "version": "1",
            "description": "Events that Cartwheel's services publish, as CloudEvents 1.0 in structured JSON, at least "
            "once. The id is the same on every delivery; versions of one aggregate may arrive out of order.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {event.type: _channel(event) for _, event in sent},
        "operations": {f"{service}.sends.{event.type}": _operation(service, event) for service, event in sent},
        "components": {"messages": {event.type: _message(event) for _, event in sent}},
    }


def _channel(event: type[Event]) -> dict[str, Any]:
    return {
        "address": event.type,
        "messages": {event.type: {"$ref": f"#/components/messages/{event.type}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": EXCHANGE, "type": "topic", "durable": True, "autoDelete": False},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _operation(service: str, event: type[Event]) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{event.type}"},
        "summary": _summary(event),
        "tags": [{"name": service}, *([{"name": "personal-data"}] if event.personal else [])],
    }


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": _summary(event),
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [
                {"$ref": "envelope.json"},
                {"properties": {"type": {"const": event.type}, "data": {"$ref": f"events/{event.type}.json"}}},
            ]
        },
    }


def _summary(event: type[Event]) -> str:
    return (event.__doc__ or "").partition("\n")[0]
