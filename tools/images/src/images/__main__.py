"""`python -m images`: build | check."""

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from cartwheel_local.cli import DEMO_HOLD_SECONDS
from cartwheel_local.console_reporter import ConsoleReporter
from localservers.errors import LocalStackError
from localservers.home import REPOSITORY
from localservers.interruptions import take_for_interrupts
from rich.console import Console

from images.bases import DEBIAN, DERIVED, debootstrap_commands, derive_command
from images.building import build as build_all
from images.building import revision, sizes_table
from images.catalogue import IMAGES, NGINX, PYTHON, Bases, images_named
from images.checking import TAG, Check
from images.engines import engine_here
from images.sandbox import sandbox
from images.smoke import PLAN, smoke_script

app = typer.Typer(help="The platform's images.", no_args_is_help=True, pretty_exceptions_enable=False)
console = Console()

DryRun = Annotated[bool, typer.Option("--dry-run", help="print the commands and do nothing")]


@app.command()
def build(
    names: Annotated[list[str] | None, typer.Argument(help="cart, …, aws, gateway; all of them when none")] = None,
    engine: Annotated[str | None, typer.Option(help="docker, podman or buildah; else the first that answers")] = None,
    base: Annotated[str, typer.Option(help="what services run on: Python 3.11 or newer")] = PYTHON,
    build_base: Annotated[str, typer.Option(help="the same interpreter with venv and pip")] = PYTHON,
    nginx: Annotated[str, typer.Option(help="what the gateway runs on: nginx 1.22 or newer, and curl")] = NGINX,
    tag: Annotated[str, typer.Option(help="the images' tag and their label `version`")] = "latest",
    dry_run: DryRun = False,
) -> None:
    """Build images with the engine of this machine and print their sizes; nothing is pushed."""
    try:
        images = images_named(names or [])
        chosen = engine_here(engine)
        bases = Bases(base, build_base, nginx)
        if dry_run:
            for image in images:
                print(shlex.join(chosen.build_command(image, bases, tag, revision())))
            return
        logs = _place() / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        reporter = ConsoleReporter(console)
        with reporter.showing():
            built = build_all(chosen, images, bases, tag, reporter.step, logs)
    except LocalStackError as error:
        _fail(error)
    console.print(sizes_table(built))


@app.command()
def check(
    plan: Annotated[Path, typer.Option(help="the deployment plan that has the smoke script")] = PLAN,
    dry_run: DryRun = False,
) -> None:
    """Build every image without a registry, run the stack's services from them, and judge both; as root, on Debian.

    What it needs is in CARTWHEEL_IMAGES_HOME (.local/images); what it started is ended, the images stay there.
    """
    if dry_run:
        engine = sandbox(_place())
        for command in (
            *debootstrap_commands(_place() / "debian"),
            *(derive_command(engine, target, name) for target, name in DERIVED),
            *(engine.build_command(image, DEBIAN, TAG, revision()) for image in IMAGES),
        ):
            print(shlex.join(command))
        return
    try:
        if os.geteuid() != 0:
            raise LocalStackError("debootstrap and a chroot need root: run it with sudo")
        os.environ["CARTWHEEL_SERVERS"] = "native"  # an engine that answers here is not what is judged
        os.environ["INVENTORY_HOLD_DURATION_SECONDS"] = DEMO_HOLD_SECONDS
        built = Check(_place(), ConsoleReporter(console), smoke_script(plan)).run()
    except LocalStackError as error:
        _fail(error)
    console.print(sizes_table(built))


def _place() -> Path:
    return Path(os.environ.get("CARTWHEEL_IMAGES_HOME") or REPOSITORY / ".local" / "images").absolute()


def _fail(error: LocalStackError) -> NoReturn:
    ConsoleReporter(Console(stderr=True)).failure(error)
    raise typer.Exit(1)


if __name__ == "__main__":
    take_for_interrupts()
    sys.exit(app())
