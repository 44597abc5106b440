"""One OpenAPI document for the gateway, put together from those that the services answer with."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

import httpx

from cartwheel_local.concurrency import at_once
from cartwheel_local.environment import detached_environment
from cartwheel_local.errors import LocalStackError
from cartwheel_local.files import write_whole
from cartwheel_local.gateway import gateway_directory
from cartwheel_local.home import Home
from cartwheel_local.secrets import fresh_secrets
from cartwheel_local.services import SERVICES

Document = dict[str, Any]


async def publish_openapi(home: Home, services: Mapping[str, str]) -> None:
    """Ask each service for its document and put the merged one where the gateway serves it."""
    async with httpx.AsyncClient(timeout=30) as client:
        documents = {
            name: (await client.get(f"{address}/api/{name}/openapi.json")).raise_for_status().json()
            for name, address in services.items()
        }
    write_whole(gateway_directory(home) / "openapi.json", json.dumps(merge(documents)))


async def describe_services() -> dict[str, Document]:
    """Return each service's document as its command line prints it; nothing has to run for that."""
    async with at_once() as group:
        tasks = {service: group.create_task(_describe(service)) for service in SERVICES}
    return {service: task.result() for service, task in tasks.items()}


async def _describe(service: str) -> Document:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", service, "openapi"),
        env=os.environ | detached_environment(fresh_secrets(), SERVICES),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, faults = await process.communicate()
    if process.returncode:
        raise LocalStackError(f"`python -m {service} openapi` failed: {faults.decode(errors='replace').strip()}")
    document: Document = json.loads(output)
    return document


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
