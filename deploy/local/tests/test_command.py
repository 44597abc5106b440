"""The command itself, before there is a command line."""

import os
import subprocess
import sys
from pathlib import Path

ELSEWHERE = """
import sys
from pathlib import Path
from localservers import home
home.REPOSITORY = Path(sys.argv.pop())
from cartwheel_local.__main__ import main
main()
"""
"""The command over another repository, which is its last argument."""


def test_a_broken_manifest_is_one_line(tmp_path: Path) -> None:
    """It names the file and the field; a traceback would name neither."""
    manifest = tmp_path / "services/cart/service.toml"
    manifest.parent.mkdir(parents=True)
    whole = Path(__file__).parents[3] / "services/cart/service.toml"
    manifest.write_text(whole.read_text().replace("[api]\nport = ", "[api]\nport = -"))

    failed = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, "status", str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert failed.returncode == 1
    assert failed.stderr.startswith("services/cart/service.toml: api.port: ")
    assert failed.stderr.count("\n") == 1


def test_a_command_of_a_service_that_is_unknown_or_does_not_run_says_what_to_do(tmp_path: Path) -> None:
    """One sentence each, and nothing is run."""

    def run(service: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cartwheel_local", "run", service, "jobs", "list"]
        env = {**os.environ, "CARTWHEEL_HOME": str(tmp_path / "home"), "COLUMNS": "200"}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=env)

    unknown, stopped = run("carts"), run("cart")

    assert (unknown.returncode, stopped.returncode) == (1, 1)
    assert "there is no service carts: take one of analytics, cart," in unknown.stderr
    assert stopped.stderr.startswith("✗ cart does not run in ")
    assert "run `make up`" in stopped.stderr
