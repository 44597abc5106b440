"""What ends a roll-out, or a drill of one; each is a sentence for a person."""

from localservers.errors import LocalStackError


class Refused(LocalStackError):
    """Something may not be done, and nothing was done."""


class NotTakenOut(LocalStackError):
    """A process did not end by itself in time and was killed: what it had in hand is lost."""
