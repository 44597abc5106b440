"""What ends a roll-out, or a drill of one; each is a sentence for a person."""

from localservers.errors import LocalStackError


class Refused(LocalStackError):
    """Something may not be done, and nothing was done."""


class NotTakenOut(LocalStackError):
    """A process did not end by itself in time and was killed: what it had in hand is lost."""


class CommandFailed(LocalStackError):
    """A command of an image failed on the cluster; the message is the end of its log."""


class Breach(LocalStackError):
    """A version that is being rolled out is over a threshold."""


class RolledBack(LocalStackError):
    """A roll-out ended before its end; the message says whether everything is as it was before it."""
