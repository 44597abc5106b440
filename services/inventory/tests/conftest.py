"""Whose database the tests use, for the fixtures of servicekit.testing."""

import pytest
from inventory.main import SERVICE
from servicekit.roles.service import Service


@pytest.fixture(scope="session")
def service() -> Service:
    """The inventory service."""
    return SERVICE
