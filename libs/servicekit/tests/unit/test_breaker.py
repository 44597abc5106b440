"""The circuit breaker."""

from servicekit.upstream.breaker import FAILURES_TO_OPEN, OPEN_SECONDS, Breaker


class Hand:
    """A clock moved by hand."""

    seconds = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.seconds


def opened(clock: Hand) -> Breaker:
    """A breaker that has just seen enough."""
    breaker = Breaker(clock)
    for _ in range(FAILURES_TO_OPEN):
        assert breaker.allows()
        breaker.failed()
    return breaker


def test_a_few_failures_change_nothing() -> None:
    """One success forgets what was before."""
    breaker = Breaker(Hand())
    for _ in range(3):
        for _ in range(FAILURES_TO_OPEN - 1):
            breaker.failed()
        breaker.succeeded()

    assert breaker.allows()


def test_five_failures_in_a_row_open_it() -> None:
    """Who is away is left alone."""
    assert not opened(Hand()).allows()


def test_one_trial_at_a_time() -> None:
    """After five seconds one call is let through, the others still wait."""
    clock = Hand()
    breaker = opened(clock)

    clock.seconds = OPEN_SECONDS

    assert breaker.allows()
    assert not breaker.allows()


def test_a_trial_decides() -> None:
    """A success closes, a failure opens for another five seconds."""
    clock = Hand()
    breaker = opened(clock)
    clock.seconds = OPEN_SECONDS
    assert breaker.allows()

    breaker.failed()
    assert not breaker.allows()

    clock.seconds = 2 * OPEN_SECONDS
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.allows()


def test_a_trial_that_never_reports_does_not_block_for_good() -> None:
    """Its caller may have been cancelled."""
    clock = Hand()
    breaker = opened(clock)
    clock.seconds = OPEN_SECONDS
    assert breaker.allows()

    clock.seconds = 2 * OPEN_SECONDS

    assert breaker.allows()
