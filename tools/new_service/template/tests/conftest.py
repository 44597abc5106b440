"""Whose database the tests use, for the fixtures of servicekit.testing."""

import pytest
from newservice.main import SERVICE
from servicekit.roles.service import AnyService


@pytest.fixture(scope="session")
def service() -> AnyService:
    """The service as it is deployed."""
    return SERVICE
