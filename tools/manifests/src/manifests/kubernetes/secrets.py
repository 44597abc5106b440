"""Where a service's secret settings come from: the store that the External Secrets operator reads."""

from collections.abc import Mapping

from manifests.kubernetes.objects import Object, kind, labels, secrets_of
from manifests.model import Manifest

STORE = "cartwheel"
"""The ClusterSecretStore, which the platform has."""
SHARED = ("REDIS_URL", "SERVICE_TOKEN_SECRET")
"""Alike in every service."""
OWN = ("DATABASE_URL", "DATABASE_DIRECT_URL", "RABBITMQ_URL", "SEAL_KEY")
"""Each service has its own."""
BETWEEN = ("CONTACT_SEAL_KEY",)
"""Alike in the services that have it."""


def names_of(manifest: Manifest) -> tuple[str, ...]:
    """The settings of a service that nobody else should read."""
    return (*SHARED, *OWN, *manifest.secrets)


def external(manifest: Manifest) -> Object:
    """The secrets of one service, from `cartwheel/<service>`, and from `cartwheel/shared` what others have too."""
    places = {secret: f"{STORE}/{_owner(manifest, secret)}" for secret in names_of(manifest)}
    return from_store(secrets_of(manifest.name), labels(manifest.name, "secrets"), places)


def from_store(name: str, described: Mapping[str, str], places: Mapping[str, str]) -> Object:
    """A Secret that is filled from the store: the entry that each setting is a property of."""
    return kind(
        "external-secrets.io/v1",
        "ExternalSecret",
        name,
        described,
        spec={
            "refreshInterval": "1h0m0s",
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": STORE},
            "target": {"name": name, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
            "data": [
                {"secretKey": secret, "remoteRef": {"key": place, "property": secret}}
                for secret, place in places.items()
            ],
        },
    )


def _owner(manifest: Manifest, secret: str) -> str:
    return "shared" if secret in (*SHARED, *BETWEEN) else manifest.name
