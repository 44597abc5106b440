"""Copies of objects that a test may spoil."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from k8s.objects import Object

Spoil = Callable[["Spoiled"], object]


class Spoiled:
    """A copy of all objects, by kind and name."""

    def __init__(self, objects: list[Object]) -> None:
        self.objects: list[Any] = deepcopy(objects)

    def __call__(self, kind: str, name: str) -> Any:
        """The object, to be changed."""
        return next(o for o in self.objects if o["kind"] == kind and o["metadata"]["name"] == name)

    def pod(self, name: str, kind: str = "Deployment") -> Any:
        """The specification of the pods of a workload."""
        return self(kind, name)["spec"]["template"]["spec"]

    def container(self, name: str, kind: str = "Deployment") -> Any:
        """Their only container."""
        return self.pod(name, kind)["containers"][0]

    def without(self, kind: str, name: str) -> None:
        """Take an object away."""
        self.objects.remove(self(kind, name))

    def without_all(self, kind: str) -> None:
        """Take all objects of a kind away."""
        self.objects = [found for found in self.objects if found["kind"] != kind]
