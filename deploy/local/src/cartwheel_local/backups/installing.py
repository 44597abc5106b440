"""pgBackRest from the system's packages, for whoever needs it first."""

import shutil
import subprocess

from localservers.errors import ProgramMissing
from localservers.home import REPOSITORY, Home

PROGRAM = "pgbackrest"
_INSTALL = REPOSITORY / "scripts" / "install-debian-packages"


def install_pgbackrest(home: Home) -> None:
    """Install it with Debian's packages unless it is there; raises ProgramMissing where that is not possible."""
    if shutil.which(PROGRAM) is not None:
        return
    log = home.log("apt")
    with log.open("ab") as output:
        done = subprocess.run([_INSTALL, PROGRAM], stdout=output, stderr=output, check=False)
    if done.returncode:
        raise ProgramMissing(f"{PROGRAM} is missing: install the package of this name; see {log}")


def pgbackrest_program() -> str:
    """Return its absolute path; raises ProgramMissing."""
    if program := shutil.which(PROGRAM):
        return program
    raise ProgramMissing(f"{PROGRAM} is missing: install the package of this name")
