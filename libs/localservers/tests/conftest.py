"""Homes for tests, each its own and deleted whatever happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from localservers import servers
from localservers.home import Home
from localservers.secrets import ServerSecrets, keep_secrets


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home that nobody else has, whose PostgreSQL waits for no disk."""
    home = Home.volatile_at(tmp_path / "home")
    yield home
    servers.stop(home.path)
    home.clear()


@pytest.fixture
def second_home(tmp_path: Path) -> Iterator[Home]:
    """Another one, as a second clone on the same machine would have."""
    home = Home.volatile_at(tmp_path / "second")
    yield home
    servers.stop(home.path)
    home.clear()


@pytest.fixture
def durable_home(tmp_path: Path) -> Iterator[Home]:
    """One whose PostgreSQL has on disk what it has committed, as a stack's has."""
    home = Home.at(tmp_path / "durable")
    yield home
    servers.stop(home.path)
    home.clear()


@pytest.fixture
def secrets(home: Home) -> ServerSecrets:
    """The first home's secrets."""
    return keep_secrets(home, ServerSecrets)
