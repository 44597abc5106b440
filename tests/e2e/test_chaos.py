"""Processes are killed while shoppers shop; by the shoppers' own ledger nothing is lost or doubled (`make chaos`)."""

from pathlib import Path

from rich.console import Console
from simulator.stack import Stack as Addresses

from chaos.drill import Drill, Target
from chaos.faults.fault import Recurring
from chaos.faults.kills import Kill
from chaos.faults.memory import Flush
from chaos.plan import SHORT
from chaos.processes import GATEWAY, Processes
from chaos.servers import SINGLE, Servers

from .stack import Stack

KILLED = ("cart-api", "cart-worker", "inventory-api", "analytics-worker")
"""Not recovery's worker: what it has in hand when it is killed is begun again a minute later."""


async def test_nothing_is_lost_or_doubled_while_processes_are_killed(stack: Stack, tmp_path: Path) -> None:
    """Every invariant of the drill holds after services, gateway and broker were killed, and Redis forgot all."""
    processes = Processes(stack.home, stack.home, SINGLE)
    servers = Servers(stack.env["POSTGRES_URL"], stack.env["REDIS_URL"], stack.env["RABBITMQ_URL"])
    faults = [
        Recurring(Kill(processes, KILLED, "kill -9 of a service"), 0.8),
        Recurring(Kill(processes, [GATEWAY], "kill -9 of the gateway"), 1.2),
        Recurring(Kill(processes, servers.brokers, "kill -9 of the broker"), 1.5),
        Recurring(Flush(servers.redis_url), 1),
    ]
    target = Target(Addresses.at(stack.home.path), servers, processes)

    try:
        outcome = await Drill(target, SHORT, faults, 1, tmp_path / "ledger.jsonl", Console(quiet=True)).run()
    finally:
        await stack.bring_up()

    assert {injected.kind for injected in outcome.injected} >= {fault.fault.kind for fault in faults}
    assert [verdict.violations for verdict in outcome.verdicts if not verdict.holds] == []
    assert outcome.quiet.timers_seconds is not None
