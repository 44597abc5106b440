"""What ends a roll-out from outside, as a process of its own whose terminal is lost."""

import os
import signal
import subprocess
import sys
import time

from .stand_ins import NEW, Cluster, Series
from .test_rolling_out import ON_OLD

DEADLINE_SECONDS = 120


def test_a_terminal_that_is_lost_takes_the_canary_back(cluster_on_old: Cluster, series: Series) -> None:
    """Nobody reads its output any more, and who ends it again and again does not end the way back."""
    command = [sys.executable, "-m", "rollout.cluster", "rollout", "cart", NEW, "--prometheus", series.url, "--yes"]
    reading, writing = os.pipe()
    with subprocess.Popen(command, stdout=writing, stderr=writing) as process:
        os.close(writing)
        until_called(cluster_on_old, "rollout status deployment/gateway")
        os.close(reading)
        process.send_signal(signal.SIGHUP)
        until_called(cluster_on_old, '"cartwheel.dev/canary": null')
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGHUP)

    assert process.returncode not in (0, -signal.SIGHUP, -signal.SIGINT)
    assert cluster_on_old.share() is None
    assert cluster_on_old.images() == ON_OLD
    assert not [name for name in cluster_on_old.state["objects"] if "canary" in name]


def until_called(cluster: Cluster, part: str) -> None:
    """Wait until kubectl was called so."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not any(part in call for call in cluster.changes()):
        assert time.monotonic() < deadline, f"{part} was not called"
        time.sleep(0.02)
