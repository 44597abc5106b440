"""One OpenAPI document for the gateway, put together from those of the services."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
from localservers.files import write_whole
from localservers.home import REPOSITORY, Home

from cartwheel_local.gateway import gateway_directory
from cartwheel_local.services import SERVICES

Document = dict[str, Any]


async def publish_openapi(home: Home, services: Mapping[str, str]) -> None:
    """Fetch each service's document and put the merged one where the gateway serves it."""
    async with httpx.AsyncClient(timeout=30) as client:
        documents = {
            name: (await client.get(f"{address}/api/{name}/openapi.json")).raise_for_status().json()
            for name, address in services.items()
        }
    write_whole(gateway_directory(home) / "openapi.json", json.dumps(merge(documents)))


def committed_documents() -> dict[str, Document]:
    """Return each service's document as the repository has it (`make openapi`); nothing has to run for that."""
    return {
        service: json.loads((REPOSITORY / "services" / service / "openapi.json").read_text()) for service in SERVICES
    }


def merge(documents: Mapping[str, Document]) -> Document:
    """Join the services' documents; components get the service's name in front, so that two never collide.

    Routes under /internal are left out: the gateway does not route them.
    """
    merged: Document = {
        "openapi": "3.1.0",
        "info": {"title": "Cartwheel", "version": "1"},
        "paths": {},
        "components": {},
    }
    for service, document in sorted(documents.items()):
        named = _renamed(document, service)
        merged["paths"] |= {path: item for path, item in named["paths"].items() if path.startswith(("/api/", "/r/"))}
        for kind, components in named.get("components", {}).items():
            merged["components"].setdefault(kind, {}).update(
                {f"{service}.{name}": component for name, component in components.items()}
            )
    return merged


def _renamed(part: Any, service: str) -> Any:
    """Point every reference of one service's document, and every security requirement, at the longer names."""
    if isinstance(part, list):
        return [_renamed(item, service) for item in part]
    if not isinstance(part, dict):
        return part
    return {key: _renamed_value(key, value, service) for key, value in part.items()}


def _renamed_value(key: str, value: Any, service: str) -> Any:
    if key == "$ref" and isinstance(value, str):
        place, _, name = value.rpartition("/")
        return f"{place}/{service}.{name}"
    if key == "security" and isinstance(value, list):
        return [{f"{service}.{name}": scopes for name, scopes in entry.items()} for entry in value]
    if key == "mapping" and isinstance(value, dict):
        return {name: _renamed_value("$ref", target, service) for name, target in value.items()}
    return _renamed(value, service)
