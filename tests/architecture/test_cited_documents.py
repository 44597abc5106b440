"""Every document that code cites by its name is in docs/, with the heading that is cited."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .modules import ROOT

FOLDERS = ("services", "libs", "tools", "deploy", "bench", "chaos", "tests")
CITED = re.compile(r"(?<![\w/.-])([a-z]+)\.md(?:,?\s+(?:#\s+)?\"([^\"]+)\")?")
"""`api.md` or `api.md, "Limits"`, also across the end of a line."""
ELSEWHERE = {"rules"}
"""A test of its own holds the numbers of rules."""


def test_every_cited_document_and_heading_exists() -> None:
    """A reader who looks it up finds it in the same clone."""
    known, cited = headings(ROOT / "docs"), list(citations(ROOT))

    assert [f"{path}: {what}" for path, what in cited if not is_known(what, known)] == []
    assert len({what for _, what in cited}) > 20


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"""Limits (api.md, "Limits")."""', [("api", "Limits")]),
        ('"""Limits (api.md,\n"Limits")."""', [("api", "Limits")]),
        ("# operations.md says so", [("operations", "")]),
        ("docs/adr/0001-x.md and docs/api.md", []),
        ("README.md", []),
    ],
)
def test_citations_are_found(tmp_path: Path, text: str, found: list[tuple[str, str]]) -> None:
    """By name alone; a path is a link that other tests hold."""
    path = tmp_path / "services/cart/module.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)

    assert [cited for _, cited in citations(tmp_path)] == found


def test_an_unknown_heading_is_noticed(tmp_path: Path) -> None:
    """The guard above can fail, for a document as for a heading."""
    (tmp_path / "api.md").write_text("# What HTTP promises\n\n## Limits\n")
    known = headings(tmp_path)

    assert is_known(("api", "Limits"), known)
    assert is_known(("api", ""), known)
    assert not is_known(("api", "Owners"), known)
    assert not is_known(("targets", ""), known)


def headings(folder: Path) -> dict[str, set[str]]:
    """The headings of each document in a folder, by its name without `.md`."""
    return {
        path.stem: set(re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)) for path in sorted(folder.glob("*.md"))
    }


def is_known(cited: tuple[str, str], known: dict[str, set[str]]) -> bool:
    """Whether the document exists and, if one is cited, has the heading."""
    document, heading = cited
    return document in known and (not heading or heading in known[document])


def citations(root: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each document and heading that a Python file cites, with the file."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            parts = path.relative_to(root).parts
            if any(part.startswith(".") for part in parts) or path == Path(__file__):
                continue
            for document, heading in CITED.findall(path.read_text()):
                if document not in ELSEWHERE:
                    yield str(path.relative_to(root)), (document, heading)
