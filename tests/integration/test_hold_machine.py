"""Whatever is refused, lost, late or killed: a hold is its cart's, and no stock is sold twice (rules.md 17, 18)."""

import asyncio
import os

import pytest
from cart.carts.use_cases import patience
from cart.holds.use_cases import change_hold
from hypothesis import HealthCheck, Phase
from hypothesis import settings as bounds
from hypothesis.stateful import run_state_machine_as_test
from servicekit.testing import Servers
from servicekit.upstream import breaker

from .cuts import Cuts
from .hold_machine import HoldMachine, Running
from .two_services import two_services

HISTORIES = int(os.environ.get("HOLD_HISTORIES", "8"))
"""How many are tried: set it to thousands to look for what the suite has no time for; then they differ each time."""
BOUNDED = bounds(
    max_examples=HISTORIES,
    stateful_step_count=40,
    derandomize="HOLD_HISTORIES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # making a history smaller takes longer than reading it
)


def test_a_hold_is_its_carts_through_faults_and_kills(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many histories of forty steps, the same ones every time."""
    monkeypatch.setattr(change_hold, "WAIT_SECONDS", 0.06)
    monkeypatch.setattr(change_hold, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(patience, "WAIT_SECONDS", 0.06)
    monkeypatch.setattr(patience, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(breaker, "FAILURES_TO_OPEN", 10**9)  # a call is answered or not by its own fault
    cuts = Cuts()
    cuts.install(monkeypatch)
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        running = two_services(servers)
        HoldMachine.running = Running(runner, runner.run(running.__aenter__()), cuts)
        try:
            run_state_machine_as_test(HoldMachine, settings=BOUNDED)
        finally:
            runner.run(running.__aexit__(None, None, None))
