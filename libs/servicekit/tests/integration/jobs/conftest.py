"""A database whose time a test holds."""

import pytest
from servicekit.db import Database
from servicekit.testing import FixedClock
from servicekit.testing.databases import PoolSettings

from .counting import START


@pytest.fixture
def clock() -> FixedClock:
    """The time on a Monday at noon."""
    return FixedClock(START)


@pytest.fixture
async def timed(database_url: str, clock: FixedClock) -> Database:
    """The database as processes see it whose clock the test holds."""
    return await Database.open(PoolSettings(database_url), service="notes", clock=clock)
