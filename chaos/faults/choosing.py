"""Which faults a plan means, on this stack."""

from collections.abc import Sequence

from chaos.faults.fault import Fault, Recurring
from chaos.faults.kills import Kill, StandStill
from chaos.faults.memory import Flush
from chaos.faults.promotion import FailOver
from chaos.faults.wires import Cut
from chaos.plan import Plan
from chaos.processes import GATEWAY, OWN, Processes
from chaos.servers import Servers


def faults_of(plan: Plan, processes: Processes, servers: Servers) -> Sequence[Recurring]:
    """Every fault that the plan gives a period; PostgreSQL fails over only where it has a standby."""
    primary, still = [servers.primary], plan.still_seconds
    kinds: list[tuple[Fault, float]] = [
        (Kill(processes, OWN, "kill -9 of a service"), plan.kill_service),
        (Kill(processes, [GATEWAY], "kill -9 of the gateway"), plan.kill_gateway),
        (Kill(processes, servers.brokers, "kill -9 of a broker"), plan.kill_broker),
        (Kill(processes, primary, "kill -9 of PostgreSQL"), plan.kill_postgres),
        (Kill(processes, ["redis"], "kill -9 of Redis"), plan.kill_redis),
        (Flush(servers.redis_url), plan.flush_redis),
        (StandStill(processes, OWN, "SIGSTOP of a service", still), plan.stand_still),
        (StandStill(processes, [*servers.brokers, "redis"], "SIGSTOP of a server", still), plan.stand_still),
        (StandStill(processes, primary, "SIGSTOP of PostgreSQL", still), plan.stand_still),
        (Cut(servers.wires, plan.cut_seconds, "way to a server cut, silent or slow"), plan.cut),
        (Cut(servers.upstreams, plan.cut_seconds, "way to an upstream cut, silent or slow"), plan.cut_upstream),
    ]
    if len(servers.postgres) > 1:
        kinds.append((FailOver(processes, primary, servers.postgres), plan.seconds / 3))
    return [Recurring(fault, every) for fault, every in kinds if every]
