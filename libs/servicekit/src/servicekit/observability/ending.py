"""The last line of a process, and of a part of one: why it ends, whatever ends it."""

import asyncio
import faulthandler
from collections.abc import Awaitable, Generator
from contextlib import contextmanager

import structlog

from servicekit.observability.error_line import error_line

log = structlog.get_logger()


@contextmanager
def logged_end(role: str) -> Generator[None]:
    """Log that the process starts, and why it ends: stopped, or failed with which error; raises SystemExit(1) then.

    That goes for errors of every kind. The command line's library would end without a line for a broken pipe, which a
    lost server leaves as well as a closed terminal. A crash of the interpreter leaves the stack of each thread.
    """
    faulthandler.enable()
    log.info("process_starting", role=role)
    try:
        yield
    except SystemExit as end:
        if end.code:
            log.error("process_failed", role=role, error=f"status {end.code}")
        raise
    except BaseException as error:
        log.error("process_failed", role=role, error=error_line(error), exc_info=error)
        raise SystemExit(1) from error
    log.info("process_stopped", role=role)


class PartEnded(Exception):
    """A part of a process ended although nothing had asked it to."""


async def lasting(name: str, work: Awaitable[object], stop: asyncio.Event) -> None:
    """Do what has to last until `stop` is set; raises PartEnded when it ends before, and what it raises.

    Either is logged at once: the rest of the process may take a while to end, and be killed before it has. A group of
    tasks takes a task that was cancelled for one that is done, whoever cancelled it: a library that cancels whoever
    waits for it would end a part of the process, and the rest would go on without.
    """
    try:
        await _lasting(name, work, stop)
    except ExceptionGroup:
        raise  # of parts of its own, which have been logged
    except Exception as error:
        log.error("part_failed", part=name, error=error_line(error))
        raise


async def _lasting(name: str, work: Awaitable[object], stop: asyncio.Event) -> None:
    try:
        await work
    except asyncio.CancelledError as cancelled:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise PartEnded(f"{name} was cancelled") from cancelled
    if not stop.is_set():
        raise PartEnded(f"{name} ended")
