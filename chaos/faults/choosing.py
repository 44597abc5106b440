"""Which faults a plan means, on this stack."""

from collections.abc import Mapping, Sequence

from servicekit.testing.proxies import Wire

from chaos.faults.fault import Fault, Recurring
from chaos.faults.kills import Kill, StandStill
from chaos.faults.memory import Flush
from chaos.faults.wires import Cut
from chaos.plan import Plan
from chaos.processes import OWN, SERVERS, Processes


def faults_of(plan: Plan, processes: Processes, redis_url: str, wires: Mapping[str, Wire]) -> Sequence[Recurring]:
    """Every fault that the plan gives a period; wires break only where there are some."""
    kinds: list[tuple[Fault, float]] = [
        (Kill(processes, OWN, "kill -9 of a service"), plan.kill_service),
        (Kill(processes, ["rabbitmq"], "kill -9 of the broker"), plan.kill_broker),
        (Kill(processes, ["postgres"], "kill -9 of PostgreSQL"), plan.kill_postgres),
        (Kill(processes, ["redis"], "kill -9 of Redis"), plan.kill_redis),
        (Flush(redis_url), plan.flush_redis),
        (StandStill(processes, OWN, "SIGSTOP of a service", plan.still_seconds), plan.stand_still),
        (StandStill(processes, SERVERS, "SIGSTOP of a server", plan.still_seconds), plan.stand_still),
        (Cut(wires, plan.cut_seconds), plan.cut if wires else 0.0),
    ]
    return [Recurring(fault, every) for fault, every in kinds if every]
