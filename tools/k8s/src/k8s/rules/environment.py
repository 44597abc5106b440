"""Every container has the settings that its service needs, and no secret stands where others read it."""

import base64
import os
from collections.abc import Iterator, Mapping, Sequence
from unittest.mock import patch

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from k8s.catalogue import Catalogue
from k8s.objects import Object, image_of_ours, of_kind, workloads

STAND_INS = {
    "DATABASE_URL": "postgresql://service:secret@database:5432/service",
    "DATABASE_DIRECT_URL": "postgresql://service:secret@database:5432/service",
    "REDIS_URL": "rediss://redis:6379/0",
    "RABBITMQ_URL": "amqps://service:secret@rabbitmq:5671/",
    "SENTRY_DSN": "https://key@errors.example.com/1",
}
"""In place of values that only the cluster has."""
READ_BY_LIBRARIES = ("AWS_", "OTEL_")
"""How names begin that are no settings of ours, and are read all the same."""


def faults(objects: Sequence[Object], catalogue: Catalogue) -> Iterator[str]:
    """What a service would refuse to start with, settings that nobody reads, and secrets in the open."""
    sources = _sources(objects)
    for workload in workloads(objects):
        for container in workload.containers:
            service = (image_of_ours(container) or "").removeprefix("cartwheel-")
            if service in catalogue.manifests:
                settings = catalogue.settings(service)
                found = _environment(container, sources, settings)
                wrong = (
                    *found.missing,
                    *_refused(settings, found.values),
                    *(f"{name} is a secret and stands in the open" for name in found.open_secrets),
                )
                yield from (f"{workload.name}: {fault}" for fault in wrong)
    yield from _unread(objects, catalogue)
    yield from _written_down(objects)


class _Environment:
    """What one container's settings are, and what is wrong with where they come from."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.missing: list[str] = []
        self.open_secrets: list[str] = []


def _environment(
    container: Object, sources: Mapping[tuple[str, str], Mapping[str, str]], settings: type[BaseSettings]
) -> _Environment:
    found = _Environment()
    secret = secrets_of(settings)
    for source in container.get("envFrom", ()):
        key, reference = next(iter(source.items()))
        values = sources.get((key, reference["name"]))
        if values is None and reference.get("optional"):
            continue
        if values is None:
            found.missing.append(f"there is no {key.removesuffix('Ref')} {reference['name']}")
            continue
        if key == "configMapRef":
            found.open_secrets += sorted(secret & set(values))
        found.values |= values
    for variable in container.get("env", ()):
        if variable["name"] in secret and "value" in variable:
            found.open_secrets.append(variable["name"])
        found.values[variable["name"]] = str(variable.get("value", ""))
    return found


def secrets_of(settings: type[BaseSettings]) -> set[str]:
    """The settings that nobody should read: those that are never printed."""
    return {
        name.upper()
        for name, field in settings.model_fields.items()
        if not field.repr or "SecretStr" in str(field.annotation)
    }


def _refused(settings: type[BaseSettings], values: Mapping[str, str]) -> Iterator[str]:
    with patch.dict(os.environ, values, clear=True):
        try:
            settings()
        except ValidationError as invalid:
            for error in invalid.errors(include_input=False, include_url=False):
                yield f"{str(error['loc'][0]).upper()}: {error['msg'].removeprefix('Value error, ')}"


def _sources(objects: Sequence[Object]) -> dict[tuple[str, str], Mapping[str, str]]:
    """The values of each ConfigMap and Secret by its reference; those of a store outside are stood in for."""
    found: dict[tuple[str, str], Mapping[str, str]] = {}
    for source in of_kind(objects, "ConfigMap"):
        found["configMapRef", source["metadata"]["name"]] = source.get("data", {})
    for source in of_kind(objects, "Secret"):
        plain = {name: base64.b64decode(value).decode() for name, value in source.get("data", {}).items()}
        found["secretRef", source["metadata"]["name"]] = plain | source.get("stringData", {})
    for source in of_kind(objects, "ExternalSecret"):
        names = [entry["secretKey"] for entry in source["spec"]["data"]]
        found["secretRef", source["spec"]["target"]["name"]] = {name: _stand_in(name) for name in names}
    return found


def _stand_in(name: str) -> str:
    if name in STAND_INS:
        return STAND_INS[name]
    key = base64.b64encode(b"k" * 32).decode()
    return f"1:{'s' * 64}" if name.endswith("HMAC_SECRET") else key if name.endswith("SEAL_KEY") else "s" * 64


def _unread(objects: Sequence[Object], catalogue: Catalogue) -> Iterator[str]:
    """Names in the common settings that no service has: misspelt, or left over."""
    known = {name for service in catalogue.manifests for name in _names(catalogue.settings(service))}
    for source in of_kind(objects, "ConfigMap"):
        if source["metadata"]["name"].startswith("cartwheel-settings"):
            for name in sorted(set(source["data"]) - known):
                if not name.startswith(READ_BY_LIBRARIES):
                    yield f"ConfigMap {source['metadata']['name']}: no service has a setting {name}"


def _written_down(objects: Sequence[Object]) -> Iterator[str]:
    """Secrets whose values stand in the repository, anywhere but in development."""
    settings = [found["data"] for found in of_kind(objects, "ConfigMap") if "APP_ENV" in found.get("data", {})]
    if any(values["APP_ENV"] != "development" for values in settings):
        for source in of_kind(objects, "Secret"):
            yield f"Secret {source['metadata']['name']}: its values stand in the repository, where everybody reads them"


def _names(settings: type[BaseSettings]) -> set[str]:
    return {name.upper() for name in settings.model_fields}
