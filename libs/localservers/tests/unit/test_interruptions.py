"""Whoever is told to end, ends what it has started."""

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import asyncio
import signal
import sys
from localservers.interruptions import take_for_interrupts

async def work():
    try:
        print("started", flush=True)
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0)
        print("ended what it had started", flush=True)

for ignored in sys.argv[1:]:
    signal.signal(getattr(signal, ignored), signal.SIG_IGN)
take_for_interrupts()
asyncio.run(work())
"""


@pytest.mark.parametrize(
    ("ending", "ignored"),
    [
        pytest.param(signal.SIGTERM, (), id="told to"),
        pytest.param(signal.SIGHUP, (), id="its terminal lost"),
        pytest.param(signal.SIGTERM, ("SIGINT",), id="told to, in the background of a shell"),
    ],
)
def test_it_ends_as_by_ctrl_c(ending: signal.Signals, ignored: tuple[str, ...]) -> None:
    """The work is cancelled and comes to its end."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *ignored], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        process.send_signal(ending)
        output, _ = process.communicate(timeout=120)

    assert output == "ended what it had started\n"
    assert process.returncode != 0


def test_what_nohup_ignores_stays_ignored() -> None:
    """A lost terminal is what it was started for."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "SIGHUP"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=120)

    assert (output, process.returncode) == ("ended what it had started\n", -signal.SIGINT)
