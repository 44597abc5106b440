"""The command itself, before there is a command line."""

import os
import signal
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


def test_whoever_reads_a_part_of_the_logs_sees_no_complaint(tmp_path: Path) -> None:
    """`logs | head` ends as every program does that nobody reads any more."""
    logs = tmp_path / "home" / "logs"
    logs.mkdir(parents=True)
    for name in ("cart-api", "cart-worker"):
        (logs / f"{name}.log").write_text(("x" * 4000 + "\n") * 100)
    command = [sys.executable, "-m", "cartwheel_local", "logs"]
    env = {**os.environ, "CARTWHEEL_HOME": str(tmp_path / "home")}

    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reading:
        assert reading.stdout is not None
        assert reading.stderr is not None
        reading.stdout.readline()
        reading.stdout.close()
        said = reading.stderr.read()

    assert (said, reading.returncode) == (b"", -signal.SIGPIPE)
