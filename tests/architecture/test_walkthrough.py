"""The walks of docs/walkthrough.md lead to functions that are there, reach their ends, and stay short."""

import ast
import re
from pathlib import Path

import pytest

from .modules import ROOT

WALKTHROUGH = ROOT / "docs/walkthrough.md"
HOP = re.compile(r"\[`([\w.]+)`\]\(([^)]+\.py)\)")
FILES_FROM_ADDING_TO_REPORT = 15
"""More is more than a newcomer keeps in mind: then a room is missing, or one too many is there."""


def hops(text: str) -> list[tuple[str, Path]]:
    """Every function that a text links to, with the file it should be in."""
    return [(name, (WALKTHROUGH.parent / path).resolve()) for name, path in HOP.findall(text)]


def walk(number: int) -> str:
    """The text of one walk."""
    return re.split(r"^## \d\. ", WALKTHROUGH.read_text(), flags=re.MULTILINE)[number]


def defined(path: Path) -> set[str]:
    """Every function, class, method and constant of a file, as `Class.method` or `name`."""
    tree = ast.parse(path.read_text())
    names = {node.name for node in tree.body if isinstance(node, _DEFINITIONS)}
    for assignment in (node for node in tree.body if isinstance(node, ast.Assign)):
        names |= {target.id for target in assignment.targets if isinstance(target, ast.Name)}
    for owner in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        names |= {f"{owner.name}.{member.name}" for member in owner.body if isinstance(member, _DEFINITIONS)}
    return names


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def dead(text: str) -> list[str]:
    """The links of a text that lead to nothing that their file defines."""
    return [name for name, path in hops(text) if not path.is_file() or name not in defined(path)]


def test_every_hop_leads_to_its_function() -> None:
    """Who moves or renames a function on a walk moves the walk with it."""
    assert dead(WALKTHROUGH.read_text()) == []
    assert len(hops(WALKTHROUGH.read_text())) > 30


@pytest.mark.parametrize(
    "link", ["[`Cart.vanish`](../services/cart/src/cart/carts/domain/cart.py)", "[`run`](../services/nowhere.py)"]
)
def test_a_link_that_leads_nowhere_is_found(link: str) -> None:
    """A function that is gone, and a file that is gone."""
    assert len(dead(link)) == 1


def test_the_first_walk_reaches_the_number() -> None:
    """From the route of an add to the function that computes the report's number, without a gap at either end."""
    names = [name for name, _ in hops(walk(1))]

    assert (names[0], names[-1]) == ("add_item", "Overview.of")


def test_the_first_walk_is_short() -> None:
    """From the route of an add to the report's number in at most fifteen files."""
    assert len({path for _, path in hops(walk(1))}) <= FILES_FROM_ADDING_TO_REPORT


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_hop_is_one_line(number: int) -> None:
    """A numbered line for each, and nothing else in between."""
    lines = [line for line in walk(number).splitlines()[2:] if line and not re.match(r"\d+\. \[`", line)]

    assert len(lines) == 1
