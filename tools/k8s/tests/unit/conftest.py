"""What tests look at: the code's own words, and the objects that are committed."""

from pathlib import Path

import pytest
from k8s.catalogue import Catalogue
from k8s.objects import Object

from .overlays import composed


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """What the code of this repository says."""
    return Catalogue.of(Path(__file__).parents[4])


@pytest.fixture(scope="session")
def production() -> list[Object]:
    """What production is made of, but for its servers' networks and the names of images."""
    return composed("production")


@pytest.fixture(scope="session")
def development() -> list[Object]:
    """What a cluster on a laptop gets."""
    return composed("dev")
