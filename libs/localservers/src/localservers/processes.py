"""Starting processes that outlive their starter, and ending those and no others."""

import asyncio
import hashlib
import os
import signal
import subprocess
from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from localservers.errors import StepFailed
from localservers.home import Home
from localservers.owners import Owner
from localservers.secrets import ServerSecrets
from localservers.state import Running, forget, load_running, remember

MARK_VARIABLE = "CARTWHEEL_MARK"
INHERITED = ("PATH", "HOME", "USER", "TMPDIR", "TZ", "SSL_CERT_FILE", "OTEL_EXPORTER_OTLP_ENDPOINT")
STOP_SECONDS = 30.0

_children: dict[int, subprocess.Popen[bytes]] = {}
"""Children of this very process, kept so that a dead one is reaped when it is next looked at."""
_statuses: dict[int, int] = {}
"""How children ended that were reaped, by pid."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What to run: `cwd` must be inside the home's run directory or the server's own data directory.

    `configuration` is the text of the files that the process reads when it starts; `inherited` are descriptors of the
    starter's that it gets under the same numbers.
    """

    name: str
    command: Sequence[str]
    cwd: Path
    port: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    configuration: str = ""
    owner: Owner | None = None
    stage: int = 0
    stop_signal: int = signal.SIGTERM
    inherited: Sequence[int] = ()

    @property
    def fingerprint(self) -> str:
        """A digest of command, environment and configuration: a process with another one is out of date."""
        parts = [
            self.configuration,
            *self.command,
            *(f"{key}={value}" for key, value in sorted(self.environment.items())),
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def spawn(home: Home, secrets: ServerSecrets, spec: Spec) -> Running:
    """Start a process in a session of its own, its output appended to its log, and write it down.

    The process gets the environment that the spec names, a few inherited variables and the home's mark, nothing else.
    """
    child = _launch(home, secrets, spec)
    _children[child.pid] = child
    _statuses.pop(child.pid, None)
    created = psutil.Process(child.pid).create_time()
    process = Running(spec.name, child.pid, created, spec.port, spec.fingerprint, spec.stage, spec.stop_signal)
    remember(home, process)
    return process


def run_to_end(home: Home, secrets: ServerSecrets, spec: Spec) -> int:
    """Run a command to its end, as `spawn` would start it, and return its exit status."""
    return _launch(home, secrets, spec).wait()


def ask(home: Home, secrets: ServerSecrets, spec: Spec, question: str) -> str:
    """Run a command to its end with `question` on its standard input, and return what it prints to standard output.

    Raises StepFailed when its exit status is not 0.
    """
    child = _launch(home, secrets, spec, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    answer, _ = child.communicate(question.encode())
    if child.returncode:
        raise StepFailed(spec.name, f"ended with status {child.returncode}", home.log(spec.name))
    return answer.decode(errors="replace")


def is_alive(process: Running) -> bool:
    """Return whether this very process still runs; a zombie does not, nor does a stranger with its pid."""
    return find(process) is not None


def find(process: Running) -> psutil.Process | None:
    """Return the live process, or None when it ended, even if its pid belongs to somebody else now."""
    _is_reaped(process.pid)
    try:
        found = psutil.Process(process.pid)
        same = abs(found.create_time() - process.create_time) < 0.05 and found.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return found if same else None


def exit_status(process: Running) -> int | None:
    """Return how a child of this very process ended: its status, or less than 0 by a signal; None where unknown."""
    return None if is_alive(process) else _statuses.get(process.pid)


async def ensure(home: Home, secrets: ServerSecrets, spec: Spec) -> Running:
    """Start the process unless it already runs as specified; one that runs otherwise is replaced."""
    process = load_running(home).get(spec.name)
    if process and is_alive(process):
        if process.fingerprint == spec.fingerprint:
            return process
        await stop(home, process)
    return spawn(home, secrets, spec)


async def stop(home: Home, process: Running, *, seconds: float = STOP_SECONDS) -> None:
    """Ask the process to end, end it and its descendants after `seconds`, and forget it; a stranger is left alone."""
    found = find(process)
    if found is not None:
        family = [found, *_descendants(found)]
        _signal(found, process.stop_signal)
        await _until_gone([found], seconds)
        for member in family:
            _signal(member, signal.SIGKILL)
        await _until_gone(family, 5.0)
    forget(home, process.name)


async def stop_all(home: Home) -> None:
    """Stop every process in the state file, the highest stage first, those of one stage together."""
    running = load_running(home).values()
    for stage in sorted({process.stage for process in running}, reverse=True):
        await asyncio.gather(*(stop(home, process) for process in running if process.stage == stage))


async def stop_strays(home: Home, secrets: ServerSecrets) -> int:
    """End what carries the home's mark but is not in its state, and return how many those were.

    That is what a killed `up` leaves when it dies between starting a process and writing it down.
    """
    known = {process.pid for process in load_running(home).values() if is_alive(process)}
    strays = [process for process in marked(home, secrets) if not _descends_from(process, known)]
    for stray in strays:
        _signal(stray, signal.SIGKILL)
    await _until_gone(strays, 5.0)
    return len(strays)


def marked(home: Home, secrets: ServerSecrets) -> list[psutil.Process]:
    """Return every live process on the machine that belongs to the home.

    Most show the mark in their environment. PostgreSQL and nginx write their titles over it, so those two are known
    by running inside the home's directories.
    """
    places = [home.run, home.outside]
    return [process for process in psutil.process_iter() if _is_marked(process, secrets.mark, places)]


def _is_marked(process: psutil.Process, mark: str, places: Sequence[Path]) -> bool:
    try:
        if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
            return False
        if process.environ().get(MARK_VARIABLE) == mark:
            return True
        retitled = process.name() in {"postgres", "nginx"}
        return retitled and any(Path(process.cwd()).is_relative_to(place) for place in places)
    except (psutil.Error, OSError):
        # Not ours to look into, or gone while we looked: either way not ours to end.
        return False


def _launch(
    home: Home, secrets: ServerSecrets, spec: Spec, *, stdin: int = subprocess.DEVNULL, stdout: int | None = None
) -> subprocess.Popen[bytes]:
    """Start the process; without `stdout` both its outputs go to its log.

    Raises ValueError for a command line with a secret of the home in it: everybody on the machine may read it.
    """
    if shown := [name for name, value in asdict(secrets).items() if any(value in part for part in spec.command)]:
        raise ValueError(f"the command line of {spec.name} would show {', '.join(shown)}")
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    environment = inherited | {"LANG": "C.UTF-8"} | dict(spec.environment) | {MARK_VARIABLE: secrets.mark}
    with home.log(spec.name).open("ab") as log:
        return subprocess.Popen(
            spec.command,
            cwd=spec.cwd,
            env=environment,
            stdin=stdin,
            stdout=log if stdout is None else stdout,
            stderr=log,
            start_new_session=True,
            pass_fds=spec.inherited,
            user=spec.owner.uid if spec.owner else None,
            group=spec.owner.gid if spec.owner else None,
            extra_groups=[] if spec.owner else None,
        )


def _descends_from(process: psutil.Process, pids: Container[int]) -> bool:
    """Whether the process or one above it has one of the pids; looked up from below, since children come and go."""
    try:
        return process.pid in pids or any(parent.pid in pids for parent in process.parents())
    except psutil.NoSuchProcess:
        return True  # gone meanwhile: nothing is left to end


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


async def _until_gone(processes: Sequence[psutil.Process], seconds: float) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    pending = processes
    while pending and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.02)
        pending = [process for process in pending if _lives(process)]


def _is_reaped(pid: int) -> bool:
    """Whether a child with this pid has just been found dead; its status is kept."""
    child = _children.get(pid)
    if child is None or (status := child.poll()) is None:
        return False
    del _children[pid]
    _statuses[pid] = status
    return True


def _lives(process: psutil.Process) -> bool:
    if _is_reaped(process.pid):
        return False
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
