"""Which failed calls are sent again, and when."""

from dataclasses import dataclass
from typing import Self

from cartwheel_client.errors import Problem, RateLimited, TransportFailed, Unavailable

IN_PROGRESS = "IDEMPOTENCY_IN_PROGRESS"


@dataclass(frozen=True, slots=True)
class Retries:
    """How often, and how long, a call is tried; times in seconds.

    A call is sent again when nothing can happen twice: reads, and changes with an Idempotency-Key, which the client
    makes for every change whose route takes one. Tried again are silence, 502 to 504, and 429 (which any call may
    repeat: nothing was done). The pauses grow from `first_pause` to `longest_pause`, with some chance in them; what
    Retry-After says is kept, and where it asks for more than `longest_retry_after` the error is raised at once.
    """

    attempts: int = 4
    within: float = 60.0
    first_pause: float = 0.1
    longest_pause: float = 5.0
    longest_retry_after: float = 30.0

    @classmethod
    def none(cls) -> Self:
        """Every call is sent once, and without a key that the caller has not given."""
        return cls(attempts=1)

    @property
    def are_wanted(self) -> bool:
        """Whether anything is ever sent again."""
        return self.attempts > 1

    def pause_after(self, error: Exception, *, is_repeatable: bool) -> bool | float:
        """False: do not try again; True: after a pause that grows; a number: after so many seconds."""
        if isinstance(error, RateLimited) or (is_repeatable and _may_pass(error)):
            seconds = error.retry_after if isinstance(error, Problem) else None
            if seconds is None:
                return True
            return seconds if seconds <= self.longest_retry_after else False
        return False


def _may_pass(error: Exception) -> bool:
    is_in_progress = isinstance(error, Problem) and error.code == IN_PROGRESS
    return is_in_progress or isinstance(error, TransportFailed | Unavailable)
