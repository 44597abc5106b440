"""A copy of the repository that a test may spoil."""

import subprocess
from pathlib import Path
from shutil import copy2

ROOT = Path(__file__).parents[2]


def copy_repository(place: Path) -> Path:
    """Copy every file that git would commit, with what is changed and not committed yet, and return the place."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            copy2(ROOT / name, place / name)
    return place
