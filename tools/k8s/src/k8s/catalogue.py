"""What the services' own code says of itself, which the objects are held against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module, util
from pathlib import Path

import typer
from manifests.model import Manifest
from manifests.reading import load_manifests
from servicekit.cli.main import commands
from servicekit.roles.service import AnyService
from servicekit.settings import ServiceSettings
from typer.core import TyperGroup


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every service: its manifest, and what its code has."""

    manifests: Mapping[str, Manifest]

    @classmethod
    def of(cls, repository: Path) -> "Catalogue":
        """That of a repository whose services are installed here."""
        return cls({manifest.name: manifest for manifest in load_manifests(repository)})

    def settings(self, service: str) -> type[ServiceSettings]:
        """What a service reads from its environment."""
        return _service(service).settings

    def queues(self, service: str) -> Sequence[str]:
        """The queues that its code subscribes to."""
        subscriptions = _service(service).subscriptions
        return sorted(subscriptions.queues) if subscriptions else []

    def fault_of_command(self, service: str, words: Sequence[str]) -> str | None:
        """What the service's command line says of these words, without running anything; None when it takes them."""
        command: typer.core.TyperGroup | typer.core.TyperCommand = _command_line(service)
        rest = list(words)
        while isinstance(command, TyperGroup):
            if not rest or rest[0] not in command.commands:
                return f"{service} has no command {' '.join(rest[:1]) or 'without a name'}"
            following = command.commands[rest.pop(0)]
            assert isinstance(following, TyperGroup | typer.core.TyperCommand)  # noqa: S101 # what typer makes
            command = following
        try:
            command.make_context(command.name or service, rest)
        except Exception as refused:  # whatever the parser says of it; nothing is run
            return str(refused)
        return None


def _service(name: str) -> AnyService:
    service: AnyService = import_module(f"{name}.main").SERVICE
    return service


@cache
def _command_line(name: str) -> TyperGroup:
    line = commands(_service(name))
    if util.find_spec(f"{name}.commands"):
        import_module(f"{name}.commands").add_commands(line)
    group = typer.main.get_command(line)
    assert isinstance(group, TyperGroup)  # noqa: S101 # a command line with several commands is a group
    return group
