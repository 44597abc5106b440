"""Whose database the tests use, and the shop that they read as."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from servicekit.db import Database

from .shop import Shop


@dataclass(frozen=True)
class _Stub:
    name: str = "inventory"
    migrations: Path = Path(__file__).parents[1] / "migrations"


@pytest.fixture(scope="session")
def service() -> _Stub:
    return _Stub()


@pytest.fixture
def shop(database: Database, company_id: UUID) -> Shop:
    """A company of its own for each test, with nothing on the shelf."""
    return Shop(database, company_id)
