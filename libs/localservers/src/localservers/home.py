"""The directory in which one stack keeps everything: data, logs, state, secrets and settings."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[4]


@dataclass(frozen=True, slots=True)
class Home:
    """Paths inside one stack's directory; two stacks never share one.

    The default is `.local` of this repository, `CARTWHEEL_HOME` names another (a second stack, or the tests' own).
    """

    path: Path

    @classmethod
    def at(cls, path: Path) -> "Home":
        """Return the home at `path`, made absolute and created (mode 0711: passable, not listable) when missing."""
        home = cls(path.expanduser().absolute())
        for directory in (home.path, home.logs, home.run):
            directory.mkdir(mode=0o711, parents=True, exist_ok=True)
        return home

    @classmethod
    def volatile_at(cls, path: Path) -> "Home":
        """Return the home at `path` as one whose data need not outlast a crash of the machine: for tests."""
        home = cls.at(path)
        home.volatile_file.touch()
        return home

    @classmethod
    def from_environment(cls) -> "Home":
        """Return the home that `CARTWHEEL_HOME` names, else the repository's `.local`."""
        return cls.at(Path(os.environ.get("CARTWHEEL_HOME") or REPOSITORY / ".local"))

    @property
    def key(self) -> str:
        """Eight characters that tell this home from every other on the machine."""
        return hashlib.sha256(str(self.path).encode()).hexdigest()[:8]

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.path / "logs"

    @property
    def run(self) -> Path:
        """Rendered configuration and data of the servers."""
        return self.path / "run"

    @property
    def outside(self) -> Path:
        """Where data goes when an account that must own it cannot reach the home (a clone in /root)."""
        return Path("/var/tmp") / f"cartwheel-{self.key}"  # noqa: S108  # its owner is checked before it is used

    @property
    def state_file(self) -> Path:
        """What runs: written after every start and stop."""
        return self.path / "state.json"

    @property
    def ports_file(self) -> Path:
        """The port of each process, kept from one `up` to the next."""
        return self.path / "ports.json"

    @property
    def secrets_file(self) -> Path:
        """Passwords and keys, made once, readable by the owner alone."""
        return self.path / "secrets.json"

    @property
    def volatile_file(self) -> Path:
        """There when PostgreSQL need not wait for the disk."""
        return self.path / "volatile"

    @property
    def lock_file(self) -> Path:
        """Held by whoever changes the stack."""
        return self.path / "lock"

    @property
    def env_file(self) -> Path:
        """Addresses and tokens for tests and scripts, readable by the owner alone."""
        return self.path / "stack.env"

    def clear(self) -> None:
        """Delete data, logs, secrets, ports and addresses, and nothing else that is in the directory.

        What runs in the home has to be stopped before.
        """
        for directory in (self.run, self.logs, self.outside):
            shutil.rmtree(directory, ignore_errors=True)
        for file in (*self.path.glob("*.json"), self.env_file, self.lock_file, self.volatile_file):
            file.unlink(missing_ok=True)

    def log(self, name: str) -> Path:
        """Return the log file of the process `name`."""
        return self.logs / f"{name}.log"
