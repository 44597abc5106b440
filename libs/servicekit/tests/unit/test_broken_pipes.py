"""A command whose reader is gone ends in silence, and one whose server is gone does not."""

import subprocess
import sys

PROGRAM = """
import typer
from servicekit.cli.broken_pipes import Commands

app = typer.Typer(cls=Commands)

@app.command()
def lines():
    for number in range(100_000):
        typer.echo(f"line {number}")

@app.command()
def asking():
    raise BrokenPipeError(32, "Broken pipe")

app()
"""


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    """As `| head -n 1`: no traceback, and the status that the library has for it."""
    command = [sys.executable, "-c", PROGRAM, "lines"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert (first, said, process.returncode) == (b"line 0\n", b"", 1)


def test_a_server_that_is_lost_is_said_to_be() -> None:
    """The library would end with status 1 and without a word."""
    command = [sys.executable, "-c", PROGRAM, "asking"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "ServerLost: the connection to a server was lost ([Errno 32] Broken pipe)" in done.stderr
