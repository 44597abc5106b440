"""A server of which there is one, as development has them: a StatefulSet of one closed pod, and its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from manifests.kubernetes import pod
from manifests.kubernetes.objects import COMPONENT, NAME, PART, PART_OF_SERVERS, Object, kind, labels
from manifests.kubernetes.pod import Resources

SERVER = "server"


@dataclass(frozen=True, slots=True)
class Server:
    """One container that users call at `port`; `more_ports` are for who forwards them.

    What it writes goes into `scratch`, which end with the pod, and `data`, which is kept.
    """

    name: str
    image: str
    port: int
    resources: Resources
    probe: Mapping[str, Any]
    args: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    secret: str | None = None
    more_ports: Mapping[str, int] = field(default_factory=dict)
    scratch: Mapping[str, str] = field(default_factory=dict)
    data: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    """ConfigMaps by the folder that each is mounted at."""
    beside: Sequence[Mapping[str, Any]] = ()
    """Containers that measure it."""


def objects(server: Server) -> list[Object]:
    """Account, address and the one pod."""
    return [pod.account(server.name), _service(server), _stateful_set(server)]


def redis(*, memory_mb: int, beside: Sequence[Mapping[str, Any]] = ()) -> Server:
    """Redis of which nothing is evicted and nothing is kept: what it counts ends with it (docs/operations/redis.md)."""
    limits = ("--maxmemory", f"{memory_mb}mb", "--maxmemory-policy", "noeviction")
    return Server(
        "redis",
        "redis:7",
        6379,
        Resources("50m", "64Mi", f"{memory_mb + 64}Mi"),
        {"exec": {"command": ["redis-cli", "ping"]}},
        ("redis-server", "--save", "", "--appendonly", "no", *limits),
        scratch={"data": "/data"},
        beside=beside,
    )


def server_labels(name: str) -> dict[str, str]:
    """The labels of a server and of its pod."""
    return {**labels(name, SERVER), PART: PART_OF_SERVERS}


def _service(server: Server) -> Object:
    ports = {"server": server.port, **server.more_ports}
    written = [{"name": name, "port": port, "targetPort": name} for name, port in ports.items()]
    described = server_labels(server.name)
    return kind("v1", "Service", server.name, described, spec={"selector": described, "ports": written})


def _stateful_set(server: Server) -> Object:
    described = server_labels(server.name)
    template = pod.template(server.name, SERVER, _container(server), more_labels={PART: PART_OF_SERVERS})
    spec = template["spec"]
    spec["securityContext"] |= {"fsGroup": pod.USER, "fsGroupChangePolicy": "OnRootMismatch"}
    spec["containers"] += server.beside
    spec["volumes"] += [{"name": name, "emptyDir": {"sizeLimit": "1Gi"}} for name in server.scratch]
    spec["volumes"] += [
        {"name": name, "configMap": {"name": name, "defaultMode": 0o555}} for name in server.files.values()
    ]
    return kind(
        "apps/v1",
        "StatefulSet",
        server.name,
        described,
        spec={
            "replicas": 1,
            "serviceName": server.name,
            "selector": {"matchLabels": {NAME: server.name, COMPONENT: SERVER}},
            "template": template,
            **({"volumeClaimTemplates": [_volume()]} if server.data else {}),
        },
    )


def _container(server: Server) -> dict[str, Any]:
    found = pod.container(server.name, server.image, server.resources, args=server.args, tag=None)
    ports = {"server": server.port, **server.more_ports}
    found["ports"] = [{"name": name, "containerPort": port} for name, port in ports.items()]
    times = {"timeoutSeconds": 20, "periodSeconds": 10}
    found["startupProbe"] = {**server.probe, **times, "failureThreshold": 30}
    found["readinessProbe"] = {**server.probe, **times, "failureThreshold": 3}
    found["livenessProbe"] = {**server.probe, **times, "failureThreshold": 6}
    if server.secret:
        found["envFrom"] = [{"secretRef": {"name": server.secret}}]
    if server.environment:
        found["env"] = [{"name": name, "value": value} for name, value in server.environment.items()]
    found["volumeMounts"] += [{"name": name, "mountPath": place} for name, place in server.scratch.items()]
    found["volumeMounts"] += [
        {"name": name, "mountPath": place, "readOnly": True} for place, name in server.files.items()
    ]
    if server.data:
        found["volumeMounts"].append({"name": "data", "mountPath": server.data})
    return found


def _volume() -> dict[str, Any]:
    requested = {"requests": {"storage": "2Gi"}}
    return {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": requested}}
