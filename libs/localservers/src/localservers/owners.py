"""Who owns what PostgreSQL needs: it refuses to run as root, so root lends it to an account without privileges."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from localservers.errors import LocalStackError, ProgramMissing
from localservers.home import Home


@dataclass(frozen=True, slots=True)
class Owner:
    """An account that a process is started as."""

    uid: int
    gid: int


def unprivileged_owner() -> Owner | None:
    """Return the account that PostgreSQL must run as: None, the caller's own, unless the caller is root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "_postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(account.pw_uid, account.pw_gid)
    raise ProgramMissing("PostgreSQL does not run as root and there is no account `postgres` to run it as")


def data_directory(home: Home, name: str, owner: Owner | None) -> Path:
    """Return a directory that belongs to `owner` and that it can reach.

    That is inside the home, unless a directory above the home is closed to the owner: then it is in `home.outside`.
    Raises LocalStackError when somebody else has put something in that place.
    """
    for parent in (home.run, home.outside):
        parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        if parent.is_symlink() or parent.stat().st_uid != os.geteuid():
            raise LocalStackError(f"{parent} is not this account's own directory")
        if owner is None or _can_enter(parent, owner):
            return _owned(parent / name, owner)
    raise LocalStackError(f"{home.outside} cannot be reached by the account that PostgreSQL and nginx run as")


def _owned(place: Path, owner: Owner | None) -> Path:
    place.mkdir(mode=0o700, exist_ok=True)
    if owner:
        os.chown(place, owner.uid, owner.gid)
    return place


def _can_enter(place: Path, owner: Owner) -> bool:
    done = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(place)],
        cwd="/",
        user=owner.uid,
        group=owner.gid,
        extra_groups=[],
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0
