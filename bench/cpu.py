"""CPU seconds by part of the system: unlike latencies they hardly suffer from what else the machine does."""

from collections.abc import Mapping, Sequence

import psutil


def cpu_seconds(parts: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """What the processes with these pids, and their descendants, living or ended, have spent since they started."""
    return {part: sum(_spent(one) for pid in pids for one in _family(pid)) for part, pids in parts.items()}


def spent_between(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What was spent from one reading to the next; a part that lost a process meanwhile counts as 0 at least."""
    return {part: max(0.0, after[part] - before.get(part, 0.0)) for part in after}


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _spent(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
