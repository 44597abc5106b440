"""All rules, and which of them an overlay is held to."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from k8s.catalogue import Catalogue
from k8s.objects import Object
from k8s.rules import addresses, canaries, commands, environment, network, pods, scaling

Rule = Callable[[Sequence[Object], Catalogue], Iterable[str]]

ALWAYS: tuple[Rule, ...] = (
    commands.faults,
    environment.faults,
    network.faults,
    pods.faults,
    addresses.faults,
    canaries.faults,
)
AS_LARGE_AS_PRODUCTION = ("production", "canary")


def faults_of(overlay: str, objects: Sequence[Object], catalogue: Catalogue) -> Iterator[str]:
    """What is wrong with the objects of an overlay, each a sentence."""
    for rule in (*ALWAYS, scaling.faults) if overlay in AS_LARGE_AS_PRODUCTION else ALWAYS:
        yield from rule(objects, catalogue)
