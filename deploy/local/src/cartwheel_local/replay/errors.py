"""Why a replay stops."""

from localservers.errors import LocalStackError


class ReplayError(LocalStackError):
    """Base of what stops a replay."""


class UnreadableFile(ReplayError):
    """The file is missing, broken, of no known kind, or has another layout; the message says which."""


class InvoiceRefused(ReplayError):
    """A service did not answer an invoice's request as it should; the message names the invoice and the answer."""
