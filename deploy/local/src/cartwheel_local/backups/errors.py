"""Why a backup is not taken, or not restored; in each case nothing that was there has been touched."""

from localservers.errors import LocalStackError


class BackupsUnavailable(LocalStackError):
    """There is nothing to back up, nowhere to put it, or nothing to restore from."""


class BackupDamaged(LocalStackError):
    """What is in the bucket cannot be read, is not what was written, or has a gap."""


class MomentUnreachable(LocalStackError):
    """No backup reaches the moment that was asked for."""


class RestoreRefused(LocalStackError):
    """What was asked for would leave the services in disagreement."""
