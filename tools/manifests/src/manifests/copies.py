"""A copy of the repository that a test may spoil."""

import subprocess
from pathlib import Path
from shutil import copy2


def copy_repository(repository: Path, place: Path) -> Path:
    """Copy every file that git would commit, with what is changed and not committed yet, and return the place."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (repository / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            copy2(repository / name, place / name)
    return place
