"""Every container runs a command that its image has, at the port that the pod names."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from k8s.catalogue import Catalogue
from k8s.objects import Object, image_of_ours, workloads

EXPORTER = "exporter"
"""A container beside that measures: nobody's command."""
PORT_OPTIONS = ("--port", "--health-port")


def faults(objects: Sequence[Object], catalogue: Catalogue) -> Iterator[str]:
    """Commands that do not exist, roles where nobody reaches them, and roles that nobody runs."""
    run: set[tuple[str, str]] = set()
    for workload in workloads(objects):
        for container in workload.containers:
            if container["name"] == EXPORTER:
                continue
            service = (image_of_ours(container) or "").removeprefix("cartwheel-")
            run.add((service, workload.role))
            if service in catalogue.manifests:
                yield from (f"{workload.name}: {fault}" for fault in _faults(container, service, catalogue))
            elif service != "gateway":
                yield f"{workload.name}: runs an image that is none of ours: {container['image']}"
            elif container.get("args"):
                yield f"{workload.name}: {container['image']} takes no arguments"
    for name in catalogue.manifests:
        for role in ("api", "worker", "jobs", "migrate"):
            if (name, role) not in run:
                yield f"nothing runs {role} of {name}"


def _faults(container: Object, service: str, catalogue: Catalogue) -> Iterator[str]:
    words = [str(word) for word in container.get("args", ())]
    if "command" in container:
        yield "replaces the image's entry point, which chooses the service"
    if fault := catalogue.fault_of_command(service, words):
        yield f"cannot run {' '.join(words)}: {fault}"
    ports = {str(port["containerPort"]) for port in container.get("ports", ())}
    options = dict(pairwise(words))
    listening = {options[option] for option in PORT_OPTIONS if option in options}
    if ports != listening:
        yield f"names the ports {sorted(ports)} and listens at {sorted(listening)}"
    if ports and options.get("--host") != "0.0.0.0":  # noqa: S104 # a pod's own address
        yield "listens where nobody but the pod itself reaches it"
