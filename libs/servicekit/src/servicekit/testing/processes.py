"""A service's roles as processes, with settings from the environment, as they run in production."""

import os
import socket
import subprocess
import sys
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager

import httpx
from pydantic import SecretStr

from servicekit.settings import ServiceSettings
from servicekit.testing.polling import poll

STOP_SECONDS = 30
START_SECONDS = 120.0
"""How long a process may take until it is ready, on a machine that does a lot beside."""
_PASSED_ON = ("PATH", "PYTHONPATH")


def environment_of(settings: ServiceSettings) -> dict[str, str]:
    """The environment from which a process reads these settings, of those that were given a value."""
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    given = {name.upper(): _written(getattr(settings, name)) for name in sorted(settings.model_fields_set)}
    return passed_on | given


@contextmanager
def running(module: str, environment: Mapping[str, str], *arguments: str) -> Generator[subprocess.Popen[bytes]]:
    """`python -m module` in a process of its own, ended by SIGTERM; it has to come to an end by itself then."""
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], env=environment)  # noqa: S603  # the test's own
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


async def until_ready(port: int) -> None:
    """Wait until the process at this port says that it is ready."""

    async def is_ready() -> bool:
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    await poll(is_ready, deadline_seconds=START_SECONDS)


def _written(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ",".join(str(part) for part in value)
    return str(value)
