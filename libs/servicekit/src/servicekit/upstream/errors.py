"""What a call of another service raises."""

from typing import Any

from servicekit.errors import ServiceUnavailable503


class Unavailable(ServiceUnavailable503):
    """The other service did not answer in time, or with a fault of its own; unhandled, it is our 503 too."""


class Saturated(Unavailable):
    """As many calls as may be are waiting for the other service; this one was not sent."""


class RemoteProblem(Exception):
    """The other service refused: its `status`, its `code`, and the problem document as `body`.

    The caller says what that means here; one that nobody expected is answered 503.
    """

    def __init__(self, status: int, code: str, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.body = status, code, body
