"""What can go wrong while a stack is started or stopped."""

from pathlib import Path


class LocalStackError(Exception):
    """Base of every error that the command line shows as a sentence instead of a traceback."""


class StepFailed(LocalStackError):
    """A step did not get where it should; `log` is the file whose last lines say why."""

    def __init__(self, name: str, reason: str, log: Path | None = None) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason
        self.log = log


class ProgramMissing(LocalStackError):
    """A program that the stack runs is not installed; the message says what to install."""


class NoFreePort(LocalStackError):
    """Every port of the range that the stack chooses from is taken."""


class StackBusy(LocalStackError):
    """Another `up` or `down` of the same home did not end within the time allowed."""
