"""The last line of a process: why it ends, whatever ends it."""

import faulthandler
from collections.abc import Generator
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
