"""Runs several services' `migrate` commands from one process, which imports what they share once instead of each time.

Reads `{service: {variable: value}}` as JSON from standard input, forks a child per service that is to all intents
`python -m <service> migrate` with these settings, and prints the names of those that failed as a JSON list. Each child
writes to its own log, named by `LOG_VARIABLE` among its settings.
"""

import importlib
import json
import os
import runpy
import sys
import traceback
from collections.abc import Mapping
from typing import NoReturn

LOG_VARIABLE = "CARTWHEEL_LOG"


def main() -> None:
    """Migrate every service that standard input names, all at the same time."""
    services: dict[str, dict[str, str]] = json.load(sys.stdin)
    importlib.import_module("servicekit.cli.main")
    children = {_fork(service, settings): service for service, settings in services.items()}
    failed = []
    while children:
        pid, status = os.wait()
        service = children.pop(pid)
        if status:
            failed.append(service)
    json.dump(sorted(failed), sys.stdout)


def _fork(service: str, settings: Mapping[str, str]) -> int:
    pid = os.fork()
    if pid == 0:
        _migrate(service, settings)
    return pid


def _migrate(service: str, settings: Mapping[str, str]) -> NoReturn:
    """Become the service's command; the parent's own code never runs on in a child."""
    log = os.open(settings[LOG_VARIABLE], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(settings)
    sys.argv = [service, "migrate"]
    code = 1
    try:
        runpy.run_module(service, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:  # whatever it was belongs in the log and in the exit status, nowhere else
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
