"""What a runbook says to type can be typed, and what it says to ask can be asked."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from importlib import import_module, util

import pytest
import typer
from cartwheel_local.cli import app
from manifests.reading import load_manifests
from observability.queries import unknown_metrics
from servicekit.cli.main import commands
from typer.core import TyperCommand, TyperGroup

from .modules import ROOT
from .test_alerts import EXPORTED, RECORDED, RUNBOOKS

SERVICES = [manifest.name for manifest in load_manifests(ROOT)]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
SECTIONS = ["Look", "Do", "Undo"]


def blocks(text: str, kind: str) -> Iterator[str]:
    """The fenced blocks of a document that are of this kind."""
    yield from re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


TEXTS = {path.name: path.read_text() for path in sorted(RUNBOOKS.glob("*.md"))}
LINES = sorted({line for text in TEXTS.values() for block in blocks(text, "sh") for line in block.splitlines()})


@pytest.mark.parametrize("name", TEXTS)
def test_a_runbook_says_what_to_look_at_do_and_undo(name: str) -> None:
    """In this order, after what it means and what a shopper sees."""
    text = TEXTS[name]

    assert text.startswith(f"# {name.removesuffix('.md')}\n\n**What it means.** ")
    assert "**What a shopper sees.** " in text
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS


@pytest.mark.parametrize("line", LINES)
def test_every_command_of_a_runbook_exists(line: str) -> None:
    """With its options, for the services that it names."""
    assert fault_of(line) is None


def test_every_query_of_a_runbook_asks_for_what_is_exported() -> None:
    """Of metrics or of recorded rules."""
    queries = [query for text in TEXTS.values() for query in blocks(text, "promql")]

    assert len(queries) > len(TEXTS)
    assert unknown_metrics(queries, EXPORTED | RECORDED) == []


@pytest.mark.parametrize(
    "line",
    [
        "make everything-right",
        "cartwheel-local repair",
        "cartwheel-local run cart repair",
        "cartwheel-local run shop jobs list",
        "cartwheel-local run cart dead-letters replay --everything",
        "rm -r .local",
    ],
)
def test_a_command_that_does_not_exist_is_noticed(line: str) -> None:
    """The guard above can fail: for a target, a command, a service, an option and another program."""
    assert fault_of(line) is not None


def fault_of(line: str) -> str | None:
    """What is wrong with a command line, or None."""
    match shlex.split(line, comments=True):
        case ["make", target, *_]:
            return None if target in TARGETS else f"no target {target}"
        case ["cartwheel-local", "run", service, *words] if service in (*SERVICES, "all"):
            faults = [fault for name in ([service] if service != "all" else SERVICES) if (fault := parse(name, words))]
            return faults[0] if faults else None
        case ["cartwheel-local", command, *_] if command != "run":
            return None if command in group_of(app).commands else f"no command {command}"
    return "neither a target nor a command of ours"


def parse(service: str, words: list[str]) -> str | None:
    """Read the words as the service's command line does, without running anything."""
    command: TyperGroup | TyperCommand = service_commands(service)
    while isinstance(command, TyperGroup):
        if not words or words[0] not in command.commands:
            return f"{service} has no command {words[:1]}"
        following = command.commands[words[0]]
        assert isinstance(following, (TyperGroup, TyperCommand))
        command, words = following, words[1:]
    try:
        command.make_context(command.name or service, list(words))
    except typer.Exit:
        return None  # --help was printed
    except Exception as refused:  # whatever the parser says of it; nothing is run here
        return str(refused)
    return None


@cache
def service_commands(service: str) -> TyperGroup:
    """A service's command line, with the commands of its own."""
    line = commands(import_module(f"{service}.main").SERVICE)
    if util.find_spec(f"{service}.commands"):
        import_module(f"{service}.commands").add_commands(line)
    return group_of(line)


def group_of(line: typer.Typer) -> TyperGroup:
    """A command line as typer parses it."""
    group = typer.main.get_command(line)
    assert isinstance(group, TyperGroup)
    return group
