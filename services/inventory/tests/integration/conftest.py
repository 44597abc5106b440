"""The shop that the scenarios read as."""

from uuid import UUID

import pytest
from servicekit.db import Database

from .shop import Shop


@pytest.fixture
def shop(database: Database, company_id: UUID) -> Shop:
    """A company of its own for each test, with nothing on the shelf."""
    return Shop(database, company_id)
