"""`python -m servicekit.cli.healthcheck`: whether the service that this container runs is ready, as its exit status.

Imports nothing but the standard library: it is run every few seconds, in a process of its own.
"""

import sys
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from itertools import pairwise
from pathlib import Path

PORT_OPTIONS = ("--port", "--health-port")
TIMEOUT_SECONDS = 3.0


def port_of(command: Sequence[str]) -> int | None:
    """Return the port of the probes that a service's command line names; a role named without a port has its default.

    None for what answers no probe, such as `migrate`.
    """
    for option, value in pairwise(command):
        if option in PORT_OPTIONS and value.isdigit():
            return int(value)
    return next((port for role, port in (("api", 8000), ("worker", 9000)) if role in command), None)


def is_ready(port: int) -> bool:
    """Whether /readyz answers 200."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def main(command_line: Path = Path("/proc/1/cmdline")) -> int:
    """Ask the container's first process; 0 when it is ready, or has no probe, else 1."""
    port = port_of(command_line.read_text().split("\0"))
    return 0 if port is None or is_ready(port) else 1


if __name__ == "__main__":
    sys.exit(main())
