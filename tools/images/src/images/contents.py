"""What has to be true inside every image of ours that has Python: judged by a program that is run in it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from images.engines import Engine

SBOM = "/app/sbom.cdx.json"
BUILD_TOOLS = ("cc", "gcc", "git", "make", "pip", "pip3", "uv")
LABELS = ("title", "description", "licenses", "version", "revision", "base.name")

PROBE = """
import importlib.metadata, importlib.util, json, os, pathlib, shutil, sys
def written(path):
    try:
        pathlib.Path(path).write_text("x")
        return True
    except OSError:
        return False
sources = [path for path in pathlib.Path("/app").rglob("*.py") if path.parent != pathlib.Path("/app/.venv/bin")]
print(json.dumps({
    "uid": os.getuid(),
    "writable": [path for path in ("/app/x", "/etc/x", "/usr/x", "/var/x") if written(path)],
    "tmp": written("/tmp/x"),
    "tools": [tool for tool in sys.argv[1:] if shutil.which(tool)],
    "modules": [name for name in ("pip", "ensurepip", "setuptools") if importlib.util.find_spec(name)],
    "uncompiled": sum(not pathlib.Path(importlib.util.cache_from_source(path)).exists() for path in sources),
    "packages": sorted(f"{d.name}=={d.version}".lower() for d in importlib.metadata.distributions()),
}))
"""


def probe(engine: Engine, image: str, read: Callable[[Sequence[str]], str]) -> Mapping[str, Any]:
    """Run the program in the image, as it is run in production."""
    command = engine.run_command(image, "--entrypoint", "python", arguments=("-c", PROBE, *BUILD_TOOLS))
    found: Mapping[str, Any] = json.loads(read(command))
    return found


def faults_of(found: Mapping[str, Any], sbom: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with an image, by what was found in it."""
    if found["uid"] == 0:
        yield "runs as root"
    if found["writable"]:
        yield f"can write to {', '.join(found['writable'])}"
    if not found["tmp"]:
        yield "cannot write to /tmp"
    if found["tools"] or found["modules"]:
        yield f"has build tools: {', '.join([*found['tools'], *found['modules']])}"
    if found["uncompiled"]:
        yield f"has {found['uncompiled']} modules without bytecode"
    listed = sorted(f"{part['name']}=={part.get('version')}".lower() for part in sbom.get("components", ()))
    if listed != found["packages"]:
        differing = sorted(set(listed) ^ set(found["packages"]))
        yield f"its bill of materials differs from what is installed: {', '.join(differing)}"
    yield from (f"has no label {label}" for label in LABELS if not labels.get(f"org.opencontainers.image.{label}"))
