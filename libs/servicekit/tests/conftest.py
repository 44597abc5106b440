"""The chassis is tested as a service that keeps notes: the smallest there can be."""

from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class NotesService:
    """What the database fixtures need to know."""

    name: str = "notes"
    migrations: Path = Path(__file__).parent / "notes_migrations"


@pytest.fixture(scope="session")
def service() -> NotesService:
    """The service whose database the tests get."""
    return NotesService()
