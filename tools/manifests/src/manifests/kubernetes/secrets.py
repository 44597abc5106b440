"""Where a service's secret settings come from: the store that the External Secrets operator reads."""

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


def external(manifest: Manifest) -> Object:
    """The secrets of one service, from `cartwheel/<service>`, and from `cartwheel/shared` what others have too."""
    names = (*SHARED, *OWN, *manifest.secrets)
    name = secrets_of(manifest.name)
    return kind(
        "external-secrets.io/v1",
        "ExternalSecret",
        name,
        labels(manifest.name, "secrets"),
        spec={
            "refreshInterval": "1h0m0s",
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": STORE},
            "target": {"name": name, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
            "data": [
                {
                    "secretKey": secret,
                    "remoteRef": {"key": f"{STORE}/{_owner(manifest, secret)}", "property": secret},
                }
                for secret in names
            ],
        },
    )


def _owner(manifest: Manifest, secret: str) -> str:
    return "shared" if secret in (*SHARED, *BETWEEN) else manifest.name
