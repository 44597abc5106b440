"""The modules of the repository, as their files say, and the roles that .importlinter knows."""

import ast
import configparser
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .import_rules import ranks_of

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Module:
    """A Python file under the src of a service or a library; `name` as it is imported."""

    name: str
    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        """The file, parsed."""
        return ast.parse(self.path.read_text())

    @property
    def docstring(self) -> str:
        """What the file says of itself."""
        return ast.get_docstring(self.tree) or ""


def modules(root: Path, kind: str) -> list[Module]:
    """The modules of all `services` or `libs` (the `kind`) of a repository."""
    return sorted(_modules(root, kind), key=lambda module: module.name)


def roles() -> dict[str, int]:
    """The ranks of the roles by which imports are ordered."""
    rules = configparser.ConfigParser()
    rules.read(ROOT / ".importlinter")
    return ranks_of(rules["importlinter"]["roles"].strip().splitlines())


def _modules(root: Path, kind: str) -> Iterator[Module]:
    for source in root.glob(f"{kind}/*/src"):
        for path in source.rglob("*.py"):
            parts = path.relative_to(source).with_suffix("").parts
            yield Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path)
