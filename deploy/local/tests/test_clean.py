"""`make clean` ends what every home of the clone has started before it deletes them."""

import shutil
import subprocess
from pathlib import Path

from localservers.home import REPOSITORY

STAND_IN = '#!/bin/sh\necho "$CARTWHEEL_HOME $*" >>"{calls}"\n'
HOMES = (".local", ".local/test", ".local/e2e", ".local/chaos/stack", ".local/chaos/servers", ".local/drill/home")


def test_every_home_is_stopped_before_it_is_deleted(tmp_path: Path) -> None:
    """Also those of tests and drills that were killed: once their state is gone, nobody finds their processes."""
    clone, calls = tmp_path / "clone", tmp_path / "calls"
    program = clone / ".venv/bin/cartwheel-local"
    for folder in (clone / "scripts", program.parent, *(clone / home for home in HOMES)):
        folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(REPOSITORY / "scripts/clean", clone / "scripts")
    program.write_text(STAND_IN.format(calls=calls))
    program.chmod(0o755)
    for home in HOMES:
        (clone / home / "secrets.json").touch()

    subprocess.run([clone / "scripts/clean"], check=True)

    assert sorted(calls.read_text().splitlines()) == sorted(f"{clone / home} down --purge" for home in HOMES)
    assert not (clone / ".local").exists()


def test_an_empty_clone_is_clean(tmp_path: Path) -> None:
    """Nothing was started yet."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(REPOSITORY / "scripts/clean", tmp_path / "scripts")

    subprocess.run([tmp_path / "scripts/clean"], check=True)
