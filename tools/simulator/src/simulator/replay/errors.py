"""Why a replay stops."""

from simulator.errors import SimulatorError


class UnreadableFile(SimulatorError):
    """The file is missing, broken, of no known kind, or has another layout; the message says which."""


class InvoiceRefused(SimulatorError):
    """A service did not answer an invoice's request as it should; the message names the invoice and the answer."""
