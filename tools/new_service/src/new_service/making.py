"""Making a service: the template under another name, and everything that is generated for it."""

import os
import subprocess
import sys
from pathlib import Path

from manifests.generating import write
from manifests.reading import load_manifests

from new_service.naming import check_name

TEMPLATE = Path("tools") / "new_service" / "template"
PLACEHOLDER = "newservice"


def make_service(repository: Path, name: str) -> Path:
    """Make `services/<name>` and bring what follows from its manifest and its API up to date; return the folder.

    Raises NameRefused, having made nothing, for a name that no service can have. The package is not installed by this.
    """
    check_name(repository, name)
    folder = repository / "services" / name
    for source in sorted((repository / TEMPLATE).rglob("*")):
        if source.is_file() and "__pycache__" not in source.parts:
            target = folder / named(str(source.relative_to(repository / TEMPLATE)), name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(named(source.read_text(), name))
    write(repository, load_manifests(repository))
    _generate(repository, folder, name)
    return folder


def named(text: str, name: str) -> str:
    """Put the name in place of the template's."""
    return text.replace(PLACEHOLDER, name).replace(PLACEHOLDER.capitalize(), name.capitalize())


def _generate(repository: Path, folder: Path, name: str) -> None:
    python = [sys.executable, "-m"]
    place = str(folder.relative_to(repository))
    for command in (
        [
            *python,
            "ruff",
            "check",
            "--quiet",
            "--select",
            "I",
            "--fix",
            place,
        ],  # the name has moved in the order of imports
        [*python, "ruff", "format", "--quiet", place],
        [*python, "servicekit.cli.openapi_document", "services", name],
    ):
        subprocess.run(command, cwd=repository, env=os.environ | {"PYTHONPATH": str(folder / "src")}, check=True)
