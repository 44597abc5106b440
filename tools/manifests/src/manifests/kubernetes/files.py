"""Which files there are, and which objects are in each."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from manifests.kubernetes import (
    alerts,
    development,
    error_tracking,
    exporters,
    gateway,
    monitoring,
    network,
    operated,
    pod,
    scaling,
    secrets,
    workloads,
)
from manifests.kubernetes.objects import NOTICE, Object, pods, written
from manifests.model import Manifest

ROOT = "deploy/k8s"
FOLDERS = (f"{ROOT}/base", f"{ROOT}/components")
"""Everything in them is generated: a file that no manifest asks for is deleted."""


BACKGROUND = ("worker", "jobs")


def files(repository: Path, manifests: Sequence[Manifest]) -> dict[str, str]:
    """The text of every generated file, by its name from the repository's root; rules of Prometheus are read there."""
    return dict([*_base(manifests), *_components(manifests), *_monitoring(repository, manifests)])


def _base(manifests: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    addresses = _addresses(manifests)
    folders = [*(manifest.name for manifest in manifests), "gateway", "network"]
    yield f"{ROOT}/base/kustomization.yaml", _kustomization(folders)
    for manifest in manifests:
        yield from _folder(f"base/{manifest.name}", _service(manifest, manifests, addresses))
    yield from _folder("base/gateway", _gateway(manifests))
    yield from _folder("base/network", {"policies": network.common()})


def _components(manifests: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    """What an overlay takes when its cluster has the operators for it."""
    addresses = _addresses(manifests)
    for manifest in manifests:
        canary = [
            workloads.api(manifest, _upstreams(manifest, addresses), canary=True),
            workloads.service(manifest, canary=True),
        ]
        yield from _folder(f"components/canary/{manifest.name}", {"canary": canary}, kind="Component")
    yield from _folder(
        "components/scaling",
        {manifest.name: [scaling.api(manifest), *scaling.worker(manifest)] for manifest in manifests}
        | {"gateway": [scaling.gateway()]},
        kind="Component",
    )
    yield from _folder(
        "components/secrets", {manifest.name: [secrets.external(manifest)] for manifest in manifests}, kind="Component"
    )
    yield from _folder("components/development", development.files(manifests), kind="Component")
    yield from _folder("components/servers", operated.files(manifests), kind="Component")
    yield from _folder("components/error-tracking", {"reports": error_tracking.objects()}, kind="Component")


def _monitoring(repository: Path, manifests: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    """Who is scraped, and what is made of it."""
    scraped = {
        manifest.name: [monitoring.api(manifest), *(monitoring.background(manifest, role) for role in BACKGROUND)]
        for manifest in manifests
    }
    scraped["gateway"] = [monitoring.server("gateway", "gateway", pods("gateway", "gateway"), port=exporters.PORT_NAME)]
    rules = alerts.files(repository)
    place = "components/monitoring"
    yield (
        f"{ROOT}/{place}/kustomization.yaml",
        _kustomization([f"{name}.yaml" for name in (*scraped, *rules)], "Component"),
    )
    yield from _written(place, scraped)
    yield from _written(place, rules, alerts.NOTICE)


def _service(
    manifest: Manifest, manifests: Sequence[Manifest], addresses: Mapping[str, str]
) -> Mapping[str, Sequence[Object]]:
    upstreams, name = _upstreams(manifest, addresses), manifest.name
    return {
        "account": [pod.account(name)],
        "api": [
            workloads.api(manifest, upstreams),
            workloads.service(manifest),
            workloads.disruption_budget(name, "api"),
        ],
        "worker": [workloads.worker(manifest, upstreams), workloads.disruption_budget(name, "worker")],
        "jobs": [workloads.jobs(manifest, upstreams), workloads.disruption_budget(name, "jobs")],
        "migrate": [workloads.migration(manifest, upstreams)],
        "network": network.of_service(manifest, manifests),
    }


def _addresses(manifests: Sequence[Manifest]) -> Mapping[str, str]:
    return {manifest.name: f"http://{manifest.name}-api:{manifest.api.port}" for manifest in manifests}


def _upstreams(manifest: Manifest, addresses: Mapping[str, str]) -> dict[str, str]:
    return {f"{upstream.upper()}_URL": addresses[upstream] for upstream in manifest.upstreams}


def _gateway(manifests: Sequence[Manifest]) -> Mapping[str, Sequence[Object]]:
    return {
        "account": [pod.account("gateway")],
        "gateway": [
            gateway.deployment(),
            gateway.service(),
            workloads.disruption_budget("gateway", "gateway"),
        ],
        "network": network.of_gateway(manifests),
    }


def _folder(
    folder: str, objects: Mapping[str, Sequence[Object]], kind: str = "Kustomization"
) -> Iterator[tuple[str, str]]:
    yield f"{ROOT}/{folder}/kustomization.yaml", _kustomization([f"{name}.yaml" for name in objects], kind)
    yield from _written(folder, objects)


def _written(folder: str, objects: Mapping[str, Sequence[Object]], notice: str = NOTICE) -> Iterator[tuple[str, str]]:
    for name, found in objects.items():
        yield f"{ROOT}/{folder}/{name}.yaml", written(found, notice)


def _kustomization(resources: Sequence[str], kind: str = "Kustomization") -> str:
    version = "v1alpha1" if kind == "Component" else "v1beta1"
    listed = "".join(f"  - {resource}\n" for resource in resources)
    return f"{NOTICE}apiVersion: kustomize.config.k8s.io/{version}\nkind: {kind}\nresources:\n{listed}"
