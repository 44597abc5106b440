"""What ends a command from outside, so that it ends what it has started."""

import signal
from types import FrameType


def take_for_interrupts() -> None:
    """Have SIGTERM, and a terminal that is lost, interrupt this process as Ctrl-C does, for good.

    Either would end it without another step, and leave running what it was to end. What `nohup` has ignored stays
    ignored.
    """
    for ending in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) is not signal.SIG_IGN:
            signal.signal(ending, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Do what Ctrl-C does by now: `asyncio.run` has it cancel its work. A shell ignores it for what runs below `&`."""
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):
        raise KeyboardInterrupt
    handler(signal.SIGINT, frame)
