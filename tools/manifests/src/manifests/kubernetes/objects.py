"""What every object has in common: labels, names, and how it is written."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

Object = Mapping[str, Any]

NOTICE = (
    "# Generated from services/*/service.toml (make manifests): change those, or tools/manifests, and not this file.\n"
)
PART_OF = "cartwheel"
PART_OF_SERVERS = "cartwheel-servers"
"""Of servers, not of what is rolled out: policies that choose services' pods choose no server's."""
NAME, COMPONENT, PART, TRACK = (
    "app.kubernetes.io/name",
    "app.kubernetes.io/component",
    "app.kubernetes.io/part-of",
    "cartwheel.dev/track",
)
SETTINGS = "cartwheel-settings"
"""The ConfigMap of what is alike in every service, made by each overlay."""


def labels(name: str, component: str) -> dict[str, str]:
    """The labels that every object has: of which service, and what it is there."""
    return {NAME: name, COMPONENT: component, PART: PART_OF}


def pods(name: str, component: str | None = None) -> dict[str, Any]:
    """A selector of one role's pods, or of all pods of a service."""
    return {"matchLabels": {NAME: name, **({COMPONENT: component} if component else {})}}


def kind(api_version: str, kind: str, name: str, labels: Mapping[str, str], **parts: object) -> Object:
    """An object of this kind; the parts are its other fields, such as `spec`."""
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "labels": dict(labels)}, **parts}


def written(objects: Sequence[Object], notice: str = NOTICE) -> str:
    """The objects as one file; the same objects always give the same text."""
    return notice + "---\n".join(
        yaml.dump(found, Dumper=_Plain, sort_keys=False, width=120, default_flow_style=False) for found in objects
    )


def secrets_of(service: str) -> str:
    """The Secret with the settings of a service that nobody else should read."""
    return f"{service}-secrets"


class _Plain(yaml.SafeDumper):
    """Writes a value out at each place instead of referring to where it stood first."""

    def ignore_aliases(self, data: object) -> bool:
        """Always."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Several lines as several lines."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Plain.add_representer(str, _text)
