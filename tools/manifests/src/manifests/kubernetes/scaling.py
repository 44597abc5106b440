"""How many pods there are: an api by CPU and memory, a worker by what waits in its queues (operations.md)."""

from typing import Any

from manifests.kubernetes.objects import Object, kind, labels, secrets_of
from manifests.model import Manifest, Replicas

MEMORY_PERCENT = 80
BEHAVIOR: dict[str, Any] = {
    "scaleUp": {"stabilizationWindowSeconds": 60, "policies": [{"type": "Percent", "value": 100, "periodSeconds": 60}]},
    "scaleDown": {
        "stabilizationWindowSeconds": 300,
        "policies": [{"type": "Percent", "value": 10, "periodSeconds": 60}],
    },
}
GATEWAY_REPLICAS = Replicas(min=3, max=10)
GATEWAY_CPU_PERCENT = 70


def api(manifest: Manifest) -> Object:
    """Another pod of an api above its share of CPU or of memory; twice as many within a minute, fewer slowly."""
    return _autoscaler(manifest.name, "api", f"{manifest.name}-api", manifest.api.replicas, manifest.api.cpu_percent)


def gateway() -> Object:
    """The same for the gateway."""
    return _autoscaler("gateway", "gateway", "gateway", GATEWAY_REPLICAS, GATEWAY_CPU_PERCENT)


def worker(manifest: Manifest) -> list[Object]:
    """A pod of a worker for every `queue_length` messages that wait in its fullest queue.

    While the broker does not tell, there are as many as there were, and the least number at least.
    """
    name = f"{manifest.name}-worker"
    address = {"parameter": "host", "name": secrets_of(manifest.name), "key": "RABBITMQ_URL"}
    described = labels(manifest.name, "worker")
    replicas = manifest.worker.replicas
    return [
        kind("keda.sh/v1alpha1", "TriggerAuthentication", name, described, spec={"secretTargetRef": [address]}),
        kind(
            "keda.sh/v1alpha1",
            "ScaledObject",
            name,
            described,
            spec={
                "scaleTargetRef": {"name": name},
                "pollingInterval": 15,
                "minReplicaCount": replicas.min,
                "maxReplicaCount": replicas.max,
                "fallback": {
                    "failureThreshold": 3,
                    "replicas": replicas.min,
                    "behavior": "currentReplicasIfHigher",
                },
                "advanced": {"horizontalPodAutoscalerConfig": {"behavior": BEHAVIOR}},
                "triggers": [_trigger(manifest, queue, name) for queue in manifest.worker.queues],
            },
        ),
    ]


def _trigger(manifest: Manifest, queue: str, authentication: str) -> dict[str, Any]:
    return {
        "type": "rabbitmq",
        "metadata": {
            "protocol": "amqp",
            "queueName": queue,
            "mode": "QueueLength",
            "value": str(manifest.worker.queue_length),
        },
        "authenticationRef": {"name": authentication},
    }


def _autoscaler(name: str, component: str, target: str, replicas: Replicas, cpu_percent: int) -> Object:
    shares = {"cpu": cpu_percent, "memory": MEMORY_PERCENT}
    return kind(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        target,
        labels(name, component),
        spec={
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
            "minReplicas": replicas.min,
            "maxReplicas": replicas.max,
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": resource, "target": {"type": "Utilization", "averageUtilization": share}},
                }
                for resource, share in shares.items()
            ],
            "behavior": BEHAVIOR,
        },
    )
