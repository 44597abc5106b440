"""When requests of an open loop are due."""

from collections.abc import Iterator


def arrivals(rate: float, seconds: float) -> Iterator[float]:
    """Seconds from the start at which requests arrive: evenly, `rate` a second, whatever became of the earlier ones.

    Each time is computed from the start and not from the one before, so that nothing adds up to a drift.
    """
    for index in range(int(rate * seconds + 1e-9)):
        yield index / rate
