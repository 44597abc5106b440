"""Whose database the tests use, for the fixtures of servicekit.testing."""

import pytest
from analytics.main import SERVICE
from hypothesis import settings
from servicekit.roles.service import AnyService

settings.register_profile("analytics", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("analytics")


@pytest.fixture(scope="session")
def service() -> AnyService:
    """The service as it is deployed."""
    return SERVICE
