"""Every rule of the domain that the repository cites is one of docs/rules.md."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .modules import ROOT

FOLDERS = ("services", "libs", "tools", "deploy", "bench", "chaos", "tests", "docs")
SUFFIXES = {".py", ".md", ".toml", ".json", ".sql"}
CITED = re.compile(r"rules\.md[\s#]+(\d+(?:\s*(?:,|to|and|-|\u2013)[\s#]*\d+)*)")
"""A number, a list (7, 11) or a range (8 to 16, 1-3), also across the end of a line of a comment."""


def test_every_cited_rule_exists() -> None:
    """A reader who looks up a number finds the rule."""
    known = rules((ROOT / "docs/rules.md").read_text())

    assert known == set(range(1, max(known) + 1))
    assert [f"{path}: {number}" for path, number in citations(ROOT) if number not in known] == []
    assert len(set(citations(ROOT))) > 300


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("(rules.md 99)", [99]),
        ("rules.md 7, 11 and 16", [7, 11, 16]),
        ("rules.md 2-4, 21-26", [2, 4, 21, 26]),
        ("# kept (rules.md\n# 98).", [98]),
        ("rules.md 23 says 3 things", [23]),
        ("docs/rules.md and 9", []),
    ],
)
def test_the_numbers_of_a_citation_are_found(tmp_path: Path, text: str, numbers: list[int]) -> None:
    """In whatever form it is written; of a range its ends."""
    path = tmp_path / "services/cart/module.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)

    assert [number for _, number in citations(tmp_path)] == numbers


def rules(text: str) -> set[int]:
    """The numbers of the rules of a text."""
    return {int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)}


def citations(root: Path) -> Iterator[tuple[str, int]]:
    """Every number of a rule that is cited, with the file that cites it."""
    for path in _texts(root):
        for numbers in CITED.findall(path.read_text()):
            yield from ((str(path.relative_to(root)), int(number)) for number in re.findall(r"\d+", numbers))


def _texts(root: Path) -> Iterator[Path]:
    yield from root.glob("*.md")
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            parts = path.relative_to(root).parts
            if path.suffix in SUFFIXES and not any(part.startswith(".") for part in parts) and path != Path(__file__):
                yield path
