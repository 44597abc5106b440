"""`python -m rollout.cluster`: rollout | rollback, which are `scripts/rollout` and `scripts/rollback`."""

import re
import sys
from collections.abc import Callable
from typing import Annotated

import typer
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.services import SERVICES
from localservers.errors import LocalStackError
from localservers.interruptions import take_for_interrupts
from rich.console import Console

from rollout.cluster import rolling_back, rolling_out
from rollout.cluster.access import Access
from rollout.cluster.clock import SystemClock
from rollout.cluster.kubectl import Kubectl
from rollout.cluster.prometheus import Prometheus
from rollout.errors import Refused

app = typer.Typer(help="Roll-outs on Kubernetes.", no_args_is_help=True, pretty_exceptions_enable=False)
console = Console()

_WRITE_DOWN = "Write that under images: in your overlay, from which the next kubectl apply takes it."
_VERSIONED = re.compile(r"(:[\w.-]+|@sha256:[0-9a-f]{64})$")

Namespace = Annotated[str, typer.Option(help="where the service runs")]
Context = Annotated[str, typer.Option(help="of kubectl; else the current one")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="print each call of kubectl, and change nothing")]
Yes = Annotated[bool, typer.Option("--yes", help="do not ask")]


@app.command()
def rollout(
    service: Annotated[str, typer.Argument(help="the service to roll out; the others go on as they are")],
    image: Annotated[str, typer.Argument(help="its next image, with a tag or a digest")],
    prometheus: Annotated[str, typer.Option(envvar="PROMETHEUS_URL", help="the address of Prometheus")],
    beta: Annotated[list[str] | None, typer.Option(help="the id of a company that is first; several times")] = None,
    watch: Annotated[float, typer.Option(min=0, help="minutes for which the thresholds are watched at each step")] = 10,
    namespace: Namespace = "cartwheel",
    context: Context = "",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Roll one service out on Kubernetes: migrations, then 10, 25, 50, 75 and 100 % of the companies, then every pod.

    At each step 5xx, P95, the pool and readiness are watched; above a threshold, at Ctrl-C and when the terminal is
    lost, it is rolled back.
    A run that was killed goes on when it is run again. Exits with 1 when it is refused or rolled back.
    """
    plan = rolling_out.Plan(service, image, tuple(beta or ()), watch * 60)

    def work(access: Access) -> str:
        _known(service, image)
        plan.check()
        source = Prometheus(prometheus)
        if not dry_run:
            source.value("vector(1)")
        begin = rolling_out.beginning(access, plan)
        if begin is None:
            return f"{service} runs {image} already"
        since = "" if begin.since is None else f", going on at {begin.since} %"
        access.say(f"{service}: {begin.before} → {image}{since}")
        _sure("Roll out?", is_sure=yes or dry_run)
        rolling_out.roll_out(access, source, plan, begin)
        prune = (
            f"kubectl --namespace {namespace} exec deployment/{service}-worker -- python -m {service} prune-bindings"
        )
        return f"{service} runs {image}. {_WRITE_DOWN} When no older version will come back: {prune}"

    _run(work, namespace, context, dry_run=dry_run)


@app.command()
def rollback(
    service: Annotated[str, typer.Argument(help="the service to roll back; the others go on as they are")],
    to: Annotated[str, typer.Option("--to", help="the image to go back to; else the one before")] = "",
    pause_jobs: Annotated[
        bool, typer.Option("--pause-jobs", help="first end the pods of the service's timed jobs, and start none")
    ] = False,
    namespace: Namespace = "cartwheel",
    context: Context = "",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Roll one service back on Kubernetes, its canary first, if the older image can read the database.

    A run that was killed is run again with the same --to. Exits with 1 when it is refused or fails.
    """

    def work(access: Access) -> str:
        _known(service, to)
        back = rolling_back.found(access, service, to)
        access.say(f"{service}: {', '.join(sorted(back.now.images))} → {back.image}")
        _sure("Roll back?", is_sure=yes or dry_run)
        rolling_back.roll_back(access, service, back, pauses_jobs=pause_jobs)
        rest = f"; its jobs rest until kubectl scale deployment/{service}-jobs" if pause_jobs else ""
        return f"{service} runs {back.image}{rest}. {_WRITE_DOWN}"

    _run(work, namespace, context, dry_run=dry_run)


def _run(work: Callable[[Access], str], namespace: str, context: str, *, dry_run: bool) -> None:
    def show(line: str) -> None:
        console.print(line, soft_wrap=True, highlight=False, markup=False)

    access = Access(Kubectl(namespace, context, show, dry_run=dry_run), SystemClock(), console)
    try:
        ended = work(access)
    except LocalStackError as error:
        ConsoleReporter(Console(stderr=True)).failure(error)
        raise typer.Exit(1) from None
    show("Nothing was changed." if dry_run else ended)


def _known(service: str, image: str) -> None:
    if service not in SERVICES:
        raise Refused(f"there is no service {service}: take one of {', '.join(SERVICES)}")
    if image and not _VERSIONED.search(image):
        raise Refused(f"{image} has neither tag nor digest: nobody could say later what runs")


def _sure(question: str, *, is_sure: bool) -> None:
    if not is_sure:
        typer.confirm(question, abort=True)


if __name__ == "__main__":
    take_for_interrupts()  # a roll-out that is ended takes its canary back
    sys.exit(app())
