"""Rendered objects, and what rules ask of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

Object = Mapping[str, Any]
Labels = Mapping[str, str]

SERVER = "server"
"""The role of what an overlay brings along: PostgreSQL, Redis, RabbitMQ and others that images of ours call."""
NAME, COMPONENT, TRACK = "app.kubernetes.io/name", "app.kubernetes.io/component", "cartwheel.dev/track"


def read(text: str) -> list[Object]:
    """The objects of a stream of YAML documents."""
    return [found for found in yaml.safe_load_all(text) if found]


def called(found: Object) -> str:
    """How an object is named in a sentence: kind and name."""
    return f"{found['kind']} {found['metadata']['name']}"


def of_kind(objects: Sequence[Object], *kinds: str) -> Iterator[Object]:
    """Those of these kinds."""
    return (found for found in objects if found["kind"] in kinds)


def secret_names(objects: Sequence[Object]) -> Iterator[set[str]]:
    """The names in each Secret, whether its values are there or come from a store."""
    for found in of_kind(objects, "Secret"):
        yield {*found.get("data", {}), *found.get("stringData", {})}
    for found in of_kind(objects, "ExternalSecret"):
        yield {entry["secretKey"] for entry in found["spec"]["data"]}


@dataclass(frozen=True, slots=True)
class Workload:
    """What runs pods of ours: an object with a template for them."""

    source: Object

    @property
    def name(self) -> str:
        """Kind and name."""
        return called(self.source)

    @property
    def labels(self) -> Labels:
        """Those of its pods."""
        found: Labels = self.source["spec"]["template"]["metadata"]["labels"]
        return found

    @property
    def service(self) -> str:
        """Whose it is, such as cart."""
        return self.labels[NAME]

    @property
    def role(self) -> str:
        """What it is there: api, worker, jobs, migrate or gateway."""
        return self.labels[COMPONENT]

    @property
    def pod(self) -> Object:
        """The specification of its pods."""
        found: Object = self.source["spec"]["template"]["spec"]
        return found

    @property
    def containers(self) -> Sequence[Object]:
        """Those that run, and those that run before."""
        return [*self.pod.get("initContainers", ()), *self.pod["containers"]]

    @property
    def ports(self) -> set[str]:
        """Those that its containers name."""
        return {str(port["containerPort"]) for container in self.containers for port in container.get("ports", ())}


def workloads(objects: Sequence[Object]) -> list[Workload]:
    """Everything of ours that runs pods; servers that an overlay brings along are none of ours."""
    return [found for found in _running(objects) if found.labels.get(COMPONENT) != SERVER]


def servers(objects: Sequence[Object]) -> list[Workload]:
    """The servers that an overlay brings along."""
    return [found for found in _running(objects) if found.labels.get(COMPONENT) == SERVER]


def _running(objects: Sequence[Object]) -> Iterator[Workload]:
    return (Workload(found) for found in of_kind(objects, "Deployment", "StatefulSet", "Job", "CronJob"))


def image_of_ours(container: Object) -> str | None:
    """The image without registry and tag when it is one of ours."""
    repository = str(container["image"]).rsplit("/", maxsplit=1)[-1].partition("@")[0].partition(":")[0]
    return repository if repository.startswith("cartwheel-") else None


def matches(selector: Mapping[str, Any], labels: Labels) -> bool:
    """Whether a selector chooses what has these labels; an empty one chooses all."""
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    return all(_fits(expression, labels) for expression in selector.get("matchExpressions", ()))


def _fits(expression: Mapping[str, Any], labels: Labels) -> bool:
    present, value = expression["key"] in labels, labels.get(expression["key"])
    match expression["operator"]:
        case "In":
            return value in expression["values"]
        case "NotIn":
            return value not in expression["values"]
        case "Exists":
            return present
        case _:
            return not present
