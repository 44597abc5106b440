"""The objects that are committed, put together without kubectl: enough of kustomize for what the overlays use of it."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from k8s.objects import Object, read

PLACE = Path(__file__).parents[4] / "deploy" / "k8s"
NEW_TAG = "0.1.0"


def composed(overlay: str, *components: str) -> list[Any]:
    """What an overlay is made of: base, its components (or these), its own files, ConfigMaps and patches."""
    place = PLACE / "overlays" / overlay
    described = yaml.safe_load((place / "kustomization.yaml").read_text())
    chosen = components or [Path(name).name for name in described.get("components", ())]
    files = [
        *(PLACE.glob("base/*/*.yaml") if "../../base" in described["resources"] else ()),
        *(f for name in chosen for f in (PLACE / "components" / name).glob("*.yaml")),
    ]
    files += [place / name for name in described["resources"] if name.endswith(".yaml")]
    found: list[Any] = [each for file in files if file.name != "kustomization.yaml" for each in _objects(file)]
    found += [_config_map(place, generated) for generated in described.get("configMapGenerator", ())]
    for patch in described.get("patches", ()):
        if "patch" in patch:
            found = [*_patched(found, patch["target"], yaml.safe_load(patch["patch"]))]
    return [_placed(each, described["namespace"]) for each in found]


def _objects(file: Path) -> list[Object]:
    return read(file.read_text().replace(":unreleased", f":{NEW_TAG}"))


def _config_map(place: Path, generated: Any) -> Object:
    data = {name: (place / name).read_text() for name in generated.get("files", ())}
    for name in generated.get("envs", ()):
        lines = (place / name).read_text().splitlines()
        data |= dict(line.split("=", maxsplit=1) for line in lines if line and not line.startswith("#"))
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": generated["name"]}, "data": data}


def _patched(objects: Sequence[Any], target: Any, patch: Any) -> Iterator[Any]:
    for found in objects:
        name = found["metadata"]["name"]
        chosen = found["kind"] == target["kind"] and re.fullmatch(target.get("name", ".*"), name)
        if chosen and isinstance(patch, list):
            for operation in patch:
                _change(found, operation)
        if not (chosen and isinstance(patch, dict) and patch.get("$patch") == "delete"):
            yield found


def _change(found: Any, operation: Any) -> None:
    *path, last = operation["path"].strip("/").split("/")
    for name in path:
        found = found[int(name)] if isinstance(found, list) else found[name]
    found[int(last) if isinstance(found, list) else last] = operation["value"]


def _placed(found: Object, namespace: str) -> Object:
    metadata = found["metadata"] | ({} if found["kind"] == "Namespace" else {"namespace": namespace})
    return {**found, "metadata": metadata}
