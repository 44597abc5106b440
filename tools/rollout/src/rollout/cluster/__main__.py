"""`python -m rollout.cluster SERVICE`, which is `scripts/rollback`."""

import re
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Annotated

import typer
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.services import SERVICES
from localservers.errors import LocalStackError
from rich.console import Console
from simulator.progress import step

from rollout.cluster.deployments import ROLES, deployed
from rollout.cluster.kubectl import Kubectl
from rollout.cluster.verification import verify
from rollout.errors import Refused

app = typer.Typer(pretty_exceptions_enable=False)
console = Console()

_VERSIONED = re.compile(r"(:[\w.-]+|@sha256:[0-9a-f]{64})$")


@app.command()
def rollback(
    service: Annotated[str, typer.Argument(help="the service to roll back; the others go on as they are")],
    to: Annotated[str, typer.Option("--to", help="the image to go back to; else the one before")] = "",
    namespace: Annotated[str, typer.Option(help="where the service runs")] = "cartwheel",
    context: Annotated[str, typer.Option(help="of kubectl; else the current one")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be changed, and change nothing")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Roll one service back on Kubernetes, if the older image can read the database; else nothing is changed.

    A run that was killed is run again with the same --to. Exits with 1 when it is refused or fails.
    """
    kubectl = Kubectl(
        namespace, context, lambda line: console.print(line, soft_wrap=True, highlight=False), dry_run=dry_run
    )
    try:
        _rollback(kubectl, service, to, is_sure=yes or dry_run)
    except LocalStackError as error:
        ConsoleReporter(Console(stderr=True)).failure(error)
        raise typer.Exit(1) from None


def _rollback(kubectl: Kubectl, service: str, to: str, *, is_sure: bool) -> None:
    if service not in SERVICES:
        raise Refused(f"there is no service {service}: take one of {', '.join(SERVICES)}")
    if to and not _VERSIONED.search(to):
        raise Refused(f"{to} has neither tag nor digest: nobody could say later what runs")
    now = deployed(kubectl, service)
    image = to or now.image_before()
    console.print(f"{service}: {', '.join(sorted(now.images))} → {image}", soft_wrap=True, highlight=False)
    if not is_sure:
        typer.confirm("Roll back?", abort=True)
    with _shown(kubectl, f"Whether {image} can read the database"):
        verify(kubectl, service, image, now.pod)
    names = [f"deployment/{service}-{role}" for role in ROLES]
    kubectl.change("set", "image", *names, f"*={image}")
    for name in names:
        with _shown(kubectl, f"Pods of {name}"):
            kubectl.change("rollout", "status", name, "--timeout", "10m")
    if not kubectl.dry_run:
        console.print(f"{service} runs {image}", soft_wrap=True, highlight=False)


def _shown(kubectl: Kubectl, title: str) -> AbstractContextManager[None]:
    return nullcontext() if kubectl.dry_run else step(console, title)


if __name__ == "__main__":
    sys.exit(app())
