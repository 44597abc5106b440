"""As many pods as operations.md says: an api by CPU and memory, a worker by its queues."""

from collections.abc import Iterator, Sequence

from k8s.catalogue import Catalogue
from k8s.objects import Object, called, of_kind

REPLICAS = (3, 20)
SHARES = {"cpu": 70, "memory": 80}
UP, DOWN = (60, 100), (300, 10)
"""Seconds that a change waits for, and by how much in a hundred a minute may change it."""
CAP = 20


def faults(objects: Sequence[Object], catalogue: Catalogue) -> Iterator[str]:
    """Numbers that differ, queues that do not exist or that nobody watches, and what is scaled twice or never."""
    autoscalers = {found["metadata"]["name"]: found for found in of_kind(objects, "HorizontalPodAutoscaler")}
    scaled = {found["metadata"]["name"]: found for found in of_kind(objects, "ScaledObject")}
    deployments = {found["metadata"]["name"]: found for found in of_kind(objects, "Deployment")}
    for found in (*autoscalers.values(), *scaled.values()):
        target = found["spec"]["scaleTargetRef"]["name"]
        if target not in deployments:
            yield f"{called(found)}: there is no Deployment {target}"
        elif "replicas" in deployments[target]["spec"]:
            yield f"{called(found)}: Deployment {target} sets its replicas itself, and undoes it at each roll-out"
    for name in catalogue.manifests:
        if f"{name}-api" not in autoscalers:
            yield f"nothing scales {name}-api"
        if f"{name}-worker" not in scaled:
            yield f"nothing scales {name}-worker"
        else:
            yield from _of_worker(scaled[f"{name}-worker"], catalogue.queues(name))
    for found in autoscalers.values():
        yield from (f"{called(found)}: {fault}" for fault in _of_api(found["spec"]))


def _of_worker(scaled: Object, queues: Sequence[str]) -> Iterator[str]:
    watched = sorted(trigger["metadata"]["queueName"] for trigger in scaled["spec"]["triggers"])
    if watched != list(queues):
        yield f"{called(scaled)}: watches {watched}, and the code subscribes to {list(queues)}"
    if not 1 <= scaled["spec"].get("minReplicaCount", 0) <= scaled["spec"].get("maxReplicaCount", 100) <= CAP:
        yield f"{called(scaled)}: may have less than 1 pod, or more than {CAP}"
    if "fallback" not in scaled["spec"]:
        yield f"{called(scaled)}: says nothing of a broker that does not answer"


def _of_api(spec: Object) -> Iterator[str]:
    if (spec["minReplicas"], spec["maxReplicas"]) != REPLICAS and spec["scaleTargetRef"]["name"] != "gateway":
        yield f"has {spec['minReplicas']} to {spec['maxReplicas']} pods, not {REPLICAS[0]} to {REPLICAS[1]}"
    shares = {
        metric["resource"]["name"]: metric["resource"]["target"]["averageUtilization"] for metric in spec["metrics"]
    }
    if shares != SHARES:
        yield f"is scaled at {shares}, not {SHARES}"
    for direction, wanted in (("scaleUp", UP), ("scaleDown", DOWN)):
        behaviour = spec.get("behavior", {}).get(direction, {})
        policies = [(p["type"], p["value"], p["periodSeconds"]) for p in behaviour.get("policies", ())]
        if (behaviour.get("stabilizationWindowSeconds"), policies) != (wanted[0], [("Percent", wanted[1], 60)]):
            yield f"{direction} is not {wanted[1]} % a minute after {wanted[0]} s"
