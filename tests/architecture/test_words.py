"""One meaning, one word: identifiers use the words of docs/glossary.md, and its links lead somewhere."""

import ast
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from .modules import ROOT

WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text())
FOLDERS = ("services", "libs", "deploy", "bench", "chaos", "tests", "tools")
GLOSSARY = ROOT / "docs/glossary.md"
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}

_EXPRESSION = re.compile(r"\b([a-z_]+)\s+AS\s+(?:MATERIALIZED\s+)?\(")
"""A common table expression."""

Finding = tuple[str, str, str]
"""The folder (services/cart), the word, and where it stands."""


def test_no_identifier_uses_a_word_that_has_another() -> None:
    """Words of our own cost every reader a detour; `words.toml` has what to write instead."""
    assert [found for found in words_in(ROOT) if not _is_allowed(*found[:2])] == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("class Errand: ...", "errand"),
        ("def price(rule_book): ...", "rulebook"),
        ("self.told_at = now", "told"),
        ("letter = read()", "letter"),
        ("class Snapshot: ...", "Snapshot"),
        ('SQL = "WITH asked AS (SELECT 1) SELECT"', "asked"),
    ],
)
def test_such_a_word_is_found(tmp_path: Path, text: str, word: str) -> None:
    """In names of classes, functions, parameters, variables, attributes and common table expressions."""
    _write(tmp_path, text)

    assert [found for _, found, _ in words_in(tmp_path)] == [word]


@pytest.mark.parametrize(
    "text", ["dead_letter = 1", "class CartSnapshot: ...", "def test_nobody_is_told(): ...", "claims = token.claims"]
)
def test_longer_words_and_sentences_are_left_alone(tmp_path: Path, text: str) -> None:
    """A dead letter is a message of the field, and a test's name is a sentence."""
    _write(tmp_path, text)

    assert list(words_in(tmp_path)) == []


def test_one_class_is_called_answer() -> None:
    """An Answer is what a use case gives to HTTP, wherever the word stands."""
    answers = [(folder, where) for folder, name, where in _classes(ROOT) if name == "Answer"]
    classes = [where for folder, where in answers if not _is_allowed(folder, "Answer")]

    assert len(classes) == 1, classes


def test_log_events_are_snake_case() -> None:
    """An event is found by its name; what varies is in its fields."""
    assert [where for folder, where in sentences_logged(ROOT) if not _is_allowed(folder, "log events")] == []


def test_a_sentence_that_is_logged_is_found(tmp_path: Path) -> None:
    """An event with spaces in it is a sentence."""
    _write(tmp_path, 'log.info("cart moved")\nlog.info("cart_moved", cart_id=1)')

    assert [where for _, where in sentences_logged(tmp_path)] == ["services/cart/module.py:1 cart moved"]


def test_every_link_of_the_glossary_leads_to_what_it_names() -> None:
    """A symbol that moved takes its line in the glossary with it."""
    assert dead_links(GLOSSARY) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    """A file that is gone, and a symbol that its file does not define."""
    (tmp_path / "here.py").write_text("class Cart: ...\nONE: int = 1\n")
    page = tmp_path / "glossary.md"
    page.write_text("[`Cart`](here.py) [`ONE`](here.py) [there](gone.py) [`Basket`](here.py)")

    assert dead_links(page) == ["there: gone.py", "`Basket`: here.py"]


def test_the_glossary_has_each_term_once_and_in_order() -> None:
    """A term is looked up by its place in the alphabet."""
    terms = re.findall(r"^\| ([^|]+?) \|", GLOSSARY.read_text(), re.MULTILINE)[2:]

    assert len(terms) >= 30
    assert terms == sorted(set(terms), key=str.casefold)


def words_in(root: Path) -> Iterator[Finding]:
    """Every use of a word of `words.toml` as an identifier, or as a part of one."""
    for file in _files(root):
        for name, line in [*file.names, (file.path.stem, 0)]:
            if not name.startswith("test_") and (word := _word_of(name)):
                yield file.folder, word, f"{file.path.relative_to(root)}:{line} {name}"
    for folder, name, where in _classes(root):
        if name in WORDS["classes"]:
            yield folder, name, where


def sentences_logged(root: Path) -> Iterator[tuple[str, str]]:
    """Every log event whose name is not snake_case, with its folder."""
    for file in _files(root):
        for event, line in file.events:
            if not re.fullmatch(r"[a-z0-9_]+", event):
                yield file.folder, f"{file.path.relative_to(root)}:{line} {event}"


def dead_links(page: Path) -> list[str]:
    """The links of a page whose file is gone, or whose text in backticks is nothing that the file defines."""
    return [
        f"{text}: {target}"
        for text, target in re.findall(r"\[([^\]]+)\]\(([^)#]+)[^)]*\)", page.read_text())
        if not target.startswith("http") and not _leads_to(page.parent / target, text)
    ]


def _leads_to(target: Path, text: str) -> bool:
    if not target.exists() or not (text.startswith("`") and target.suffix == ".py"):
        return target.exists()
    tree = ast.parse(target.read_text())
    return text.strip("`") in {name for node in ast.walk(tree) for name in _names(node)}


def _is_allowed(folder: str, word: str) -> bool:
    return any(word in WORDS[part].get(folder, []) for part in ("stays", "waiting"))


def _word_of(name: str) -> str | None:
    parts = [part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
    pairs = [*(first + second for first, second in pairwise(parts)), *parts]
    if any(pair in ("deadletter", "deadletters") for pair in pairs):
        return None
    return next((word for word in pairs if word in WORDS["instead"]), None)


def _classes(root: Path) -> Iterator[Finding]:
    for file in _files(root):
        for name, line in file.classes:
            yield file.folder, name, f"{file.path.relative_to(root)}:{line}"


@dataclass(frozen=True, slots=True)
class _File:
    """What a file gives names to, its classes, and the events that it logs, each with its line."""

    folder: str
    path: Path
    names: Sequence[tuple[str, int]]
    classes: Sequence[tuple[str, int]]
    events: Sequence[tuple[str, int]]


def _names(node: ast.AST) -> Iterator[str]:
    """The classes, functions, parameters, variables and attributes, and the expressions of SQL, that a node names."""
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.arg(arg=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            yield name
        case ast.Constant(value=str(text)):
            yield from _EXPRESSION.findall(text)


def _events(node: ast.AST) -> Iterator[str]:
    """The event that a node logs."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="log"), attr=method), args=[ast.Constant(value=event), *_]
        ) if method in LOG_METHODS:
            yield str(event)


@cache
def _files(root: Path) -> Sequence[_File]:
    """Every file of the folders, read once: several tests look at all of them."""
    return [
        _read("/".join(parts[: min(2, len(parts) - 1)]), path)
        for top in FOLDERS
        for path in sorted((root / top).rglob("*.py"))
        for parts in [path.relative_to(root).parts]
        if not any(part.startswith(".") for part in parts) and parts[:2] != ("tests", "architecture")
    ]


def _read(folder: str, path: Path) -> _File:
    names, classes, events = [], [], []
    for node in ast.walk(ast.parse(path.read_text())):
        line = getattr(node, "lineno", 0)
        names += [(name, line) for name in _names(node)]
        events += [(event, line) for event in _events(node)]
        if isinstance(node, ast.ClassDef):
            classes.append((node.name, line))
    return _File(folder, path, names, classes, events)


def _write(root: Path, text: str) -> None:
    path = root / "services/cart/module.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)
