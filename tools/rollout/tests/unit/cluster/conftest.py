"""A cluster, a Prometheus and a clock for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rollout.cluster import __main__ as command_line

from .stand_ins import NEW, OLD, Cluster, Series, SkippingClock, serving_series


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SkippingClock:
    """The clock of commands."""
    clock = SkippingClock()
    monkeypatch.setattr(command_line, "SystemClock", lambda: clock)
    return clock


@pytest.fixture
def cluster_on_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: SkippingClock) -> Cluster:
    """Cart at the newer image, with older ones before."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return Cluster(tmp_path, NEW)


@pytest.fixture
def cluster_on_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: SkippingClock) -> Cluster:
    """Cart before its newer image."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return Cluster(tmp_path, OLD)


@pytest.fixture
def series() -> Iterator[Series]:
    """What Prometheus has: processes that are up, and nothing bad."""
    with serving_series() as series:
        yield series
