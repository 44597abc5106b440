"""Why a demo stops."""

from localservers.errors import LocalStackError


class DemoError(LocalStackError):
    """Base of what stops a demo."""


class Surprised(DemoError):
    """A shopper was answered something that a shop must not answer; the message says what was asked and answered."""


class NoDemo(DemoError):
    """There is no ledger of an earlier demo in this home, or it cannot be read."""
