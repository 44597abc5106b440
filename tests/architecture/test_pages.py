"""What the pages for readers name is there: files and folders in backticks, and what their links lead to."""

import os
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from .modules import ROOT

SKIPPED = {"__pycache__", "node_modules", "template"}
EXAMPLES = {"services/loyalty"}
"""What a reader makes by following the page."""

PATH = re.compile(r"[\w.-]+(/[\w.-]+)*(\.py|/)|(services|libs|tools|deploy|docs|tests|scripts)(/[\w.-]+)+")
MADE = re.compile(r"logs/|run/|\.local/|bench/results/")
"""What a running stack writes, which no repository has."""

CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
FENCED = re.compile(r"```.*?```", re.DOTALL)


def test_what_pages_name_is_there() -> None:
    """Who moves a file moves the pages that name it."""
    assert [fault for page in pages(ROOT) for fault in faults(ROOT, page)] == []


def test_what_is_gone_is_found(tmp_path: Path) -> None:
    """A path from the repository, one from the page's folder, one by its end, and a link."""
    page = tmp_path / "services/cart/README.md"
    source = tmp_path / "services/cart/src/cart/carts/view.py"
    source.parent.mkdir(parents=True)
    source.touch()
    page.write_text("`services/cart` `src/cart/` `carts/view.py` `view.py` [cart](src) [web](https://a.example/x.py)")

    there = list(faults(tmp_path, page))
    page.write_text("`services/basket` `src/basket/` `carts/gone.py` `gone.py` [basket](lib)")
    gone = list(faults(tmp_path, page))

    assert there == []
    assert [fault.rpartition(": ")[2] for fault in gone] == [
        "services/basket",
        "src/basket/",
        "carts/gone.py",
        "gone.py",
        "lib",
    ]


def pages(root: Path) -> Iterator[Path]:
    """Every page of the repository but the history of changes, which names what was."""
    return (path for path in _tree(root) if path.suffix == ".md" and path.name != "CHANGELOG.md")


def faults(root: Path, page: Path) -> Iterator[str]:
    """What a page names and nobody finds: from the repository, from the page's folder, or below it by its end."""
    text = FENCED.sub("", page.read_text())
    named = [code for code in CODE.findall(text) if PATH.fullmatch(code) and not MADE.fullmatch(code)]
    missing = [path for path in named if path not in EXAMPLES and not _is_there(root, page, path)]
    broken = [link for link in LINK.findall(text) if not link.startswith("http") and not (page.parent / link).exists()]
    yield from (f"{page.relative_to(root)}: {path}" for path in (*missing, *broken))


def _is_there(root: Path, page: Path, path: str) -> bool:
    if (root / path).exists() or (page.parent / path).exists():
        return True
    below = root if page.is_relative_to(root / "docs") else page.parent
    return any(found.match(path) and found.is_relative_to(below) for found in _tree(root))


@cache
def _tree(root: Path) -> Sequence[Path]:
    """Every file and folder of ours."""
    found: list[Path] = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED and not name.startswith("."))
        found += (Path(folder, name) for name in (*folders, *sorted(files)))
    return found
