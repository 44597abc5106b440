"""Why a simulation stops."""


class SimulatorError(Exception):
    """Base of every error that the command line shows as a sentence instead of a traceback."""


class NoStack(SimulatorError):
    """No stack is known here, or not everything of it; the message says what to do."""


class RowsRejected(SimulatorError):
    """Products of an import were rejected; the message has the first errors."""


class PictureRefused(SimulatorError):
    """A picture could not be stored; the message has the answer."""
