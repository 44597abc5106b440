"""All rules, and which of them an overlay is held to."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from k8s.catalogue import Catalogue
from k8s.objects import Object
from k8s.rules import (
    addresses,
    admitted,
    canaries,
    commands,
    environment,
    monitors,
    network,
    operated,
    outward,
    pods,
    proxies,
    pushed,
    scaling,
)

Rule = Callable[[Sequence[Object], Catalogue], Iterable[str]]

OF_SERVICES: tuple[Rule, ...] = (
    commands.faults,
    environment.faults,
    network.faults,
    outward.faults,
    pods.faults,
    addresses.faults,
    monitors.faults,
    canaries.faults,
    proxies.faults,
)
OF_SERVERS: tuple[Rule, ...] = (
    operated.faults,
    pushed.faults,
    admitted.faults,
    pods.faults,
    addresses.faults,
    monitors.faults,
)
AS_LARGE_AS_PRODUCTION = ("production", "canary")
WITHOUT_SERVICES = ("operators",)


def faults_of(overlay: str, objects: Sequence[Object], catalogue: Catalogue) -> Iterator[str]:
    """What is wrong with the objects of an overlay, each a sentence."""
    for rule in _rules_of(overlay):
        yield from rule(objects, catalogue)


def _rules_of(overlay: str) -> Iterator[Rule]:
    yield from OF_SERVERS if overlay in WITHOUT_SERVICES else OF_SERVICES
    if overlay in AS_LARGE_AS_PRODUCTION:
        yield scaling.faults
