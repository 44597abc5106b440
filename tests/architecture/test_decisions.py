"""Decisions are cited by number, so each has one of its own, and all are in the table."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from .modules import ROOT


def test_every_decision_has_a_number_of_its_own_and_a_row() -> None:
    """Two that are written at the same time take the same number easily."""
    assert list(faults(ROOT / "docs/adr")) == []


def test_what_is_amiss_is_found(tmp_path: Path) -> None:
    """A number given twice, a title with another number, and a page that the table lacks."""
    for name, title in (("0001-a.md", "# 0001 A"), ("0001-b.md", "# 0001 B"), ("0002-c.md", "# 0003 C")):
        (tmp_path / name).write_text(title)
    (tmp_path / "README.md").write_text("| [0001](0001-a.md) | A |\n| [0001](0001-b.md) | B |\n")

    assert list(faults(tmp_path)) == [
        "0001: 2 decisions",
        "0002-c.md: its title has another number",
        "0002-c.md: no row",
    ]


def faults(folder: Path) -> Iterator[str]:
    """What is wrong with the numbers of the decisions in a folder."""
    pages = sorted(folder.glob("[0-9]*.md"))
    counts = Counter(page.name[:4] for page in pages)
    yield from (f"{number}: {count} decisions" for number, count in counts.items() if count > 1)
    yield from (
        f"{page.name}: its title has another number"
        for page in pages
        if not page.read_text().startswith(f"# {page.name[:4]} ")
    )
    listed = set(re.findall(r"\]\(([^)]+)\)", (folder / "README.md").read_text()))
    yield from (f"{page.name}: no row" for page in pages if page.name not in listed)
