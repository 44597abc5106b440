"""Why a demo stops."""

from simulator.errors import SimulatorError


class WrongAnswer(SimulatorError):
    """A shopper was answered something that a shop must not answer; the message says what."""


class NoDemo(SimulatorError):
    """There is no ledger of an earlier demo in this home, or it cannot be read."""
