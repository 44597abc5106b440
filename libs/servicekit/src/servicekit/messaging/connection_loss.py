"""One exception for all that the client library raises when its connection to the broker ends."""

import asyncio
from collections.abc import Awaitable, Generator
from contextlib import contextmanager, suppress

from aio_pika.exceptions import CONNECTION_EXCEPTIONS, DeliveryError, PublishError

_GOODBYE_SECONDS = 5.0


class ConnectionLost(ConnectionError):
    """The connection to the broker ended during a call: whether the broker had received it is unknown."""


@contextmanager
def reported_loss() -> Generator[None]:
    """Raise ConnectionLost in place of whatever the library raises when the connection ends.

    That may be a bare Exception, or a CancelledError although nobody cancelled the task (a missed heartbeat), which
    would end the task without a word. A message that was returned or refused stays PublishError or DeliveryError.
    """
    try:
        yield
    except (DeliveryError, PublishError):
        raise
    except CONNECTION_EXCEPTIONS as error:
        raise ConnectionLost(f"{type(error).__name__}: {error}") from error
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise ConnectionLost("closed while it waited") from error
    except Exception as error:
        if type(error) is not Exception:
            raise
        raise ConnectionLost("closed while it waited") from error


async def say_goodbye(closing: Awaitable[object]) -> None:
    """Close something of the broker's, which may be away itself: give up after a few seconds, and raise nothing."""
    with suppress(TimeoutError, ConnectionLost):
        async with asyncio.timeout(_GOODBYE_SECONDS):
            with reported_loss():
                await closing
