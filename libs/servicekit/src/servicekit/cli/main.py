"""`python -m <service>`: every role and every operation of a service, from one description of it."""

import asyncio
import sys
from collections.abc import Callable
from typing import Annotated

import typer
from rich.table import Table

from servicekit.cli.broken_pipes import Commands
from servicekit.cli.dead_letters import dead_letter_commands
from servicekit.cli.jobs import job_commands
from servicekit.cli.openapi_document import public_openapi_of, written
from servicekit.cli.operations import QueueInUse, declare_topology, prune_bindings, retire_queue
from servicekit.cli.republishing import republish_all
from servicekit.cli.resending import resend_command
from servicekit.cli.settings_document import environment_example, new_secrets
from servicekit.cli.table import show_table
from servicekit.cli.unrouted import unrouted_command
from servicekit.cli.verification import verification_command
from servicekit.db import migrations
from servicekit.db.retention import retention_of
from servicekit.messaging.broker import QueueAbsent
from servicekit.observability import logging
from servicekit.observability.ending import logged_end
from servicekit.roles import server, worker_process
from servicekit.roles.service import AnyService
from servicekit.roles.worker_process import Duties
from servicekit.settings import load

LOCALHOST = "127.0.0.1"


def main(service: AnyService, *additions: Callable[[typer.Typer], None]) -> None:
    """Run the command that the process was started with; each of `additions` adds commands of the service's own."""
    app = commands(service)
    for add in additions:
        add(app)
    app()


def commands(service: AnyService) -> typer.Typer:
    """The command line of a service."""
    app = typer.Typer(
        name=service.name,
        cls=Commands,
        help=f"The {service.name} service.",
        no_args_is_help=True,
        add_completion=False,
    )
    _add_roles(app, service)
    _add_rollout(app, service)
    _add_documents(app, service)
    app.command("resend")(resend_command(service))
    app.command("unrouted")(unrouted_command(service))
    app.command("verify-database")(verification_command(service))
    app.add_typer(job_commands(service), name="jobs", help="List, pause and resume timed jobs, or run one by hand.")
    app.add_typer(
        dead_letter_commands(service),
        name="dead-letters",
        help="List, show, replay or drop dead letters; replay --all after a repair.",
    )
    return app


def _add_roles(app: typer.Typer, service: AnyService) -> None:
    @app.command()
    def api(
        host: Annotated[str, typer.Option(help="Address to listen on.")] = LOCALHOST,
        port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
        fd: Annotated[int | None, typer.Option(help="Inherited listening socket, instead of host and port.")] = None,
    ) -> None:
        """Answer HTTP until SIGTERM."""
        settings = load(service.settings)
        logging.configure(settings.log_level, service.name)
        with logged_end("api"):
            server.serve(service.create_app(settings), settings, host=host, port=port, fd=fd)

    @app.command()
    def worker(
        host: Annotated[str, typer.Option(help="Address of the probes.")] = LOCALHOST,
        health_port: Annotated[int, typer.Option(help="Port of /livez, /readyz and /metrics.")] = 9000,
        without_jobs: Annotated[bool, typer.Option("--without-jobs", help="Only publish and consume.")] = False,
        only_jobs: Annotated[bool, typer.Option("--only-jobs", help="Only run timed jobs; no broker is used.")] = False,
    ) -> None:
        """Publish the outbox, consume events and run timed jobs until SIGTERM."""
        if without_jobs and only_jobs:
            raise typer.BadParameter("--without-jobs and --only-jobs leave nothing to do")
        duties = Duties.JOBS if only_jobs else Duties.MESSAGES if without_jobs else Duties.MESSAGES_AND_JOBS
        settings = load(service.settings)
        logging.configure(settings.log_level, service.name)
        with logged_end("worker"):
            worker_process.run(service, settings, host=host, health_port=health_port, duties=duties)


def _add_rollout(app: typer.Typer, service: AnyService) -> None:
    @app.command()
    def migrate() -> None:
        """Bring the database to the newest revision and declare the service's queues; idempotent."""
        settings = load(service.settings)
        try:
            newer = migrations.run(service.migrations, settings.database_direct_url or settings.database_url)
        except migrations.TableInUse as in_use:
            typer.echo(f"not migrated: {in_use}", err=True)
            raise typer.Exit(1) from in_use
        if newer is not None:
            typer.echo(f"nothing to do: the database is at {newer}, which a newer version of {service.name} has made")
        asyncio.run(declare_topology(service, settings))

    @app.command("prune-bindings")
    def prune(
        queue: Annotated[str | None, typer.Option(help="A queue that this version has no more: end it.")] = None,
    ) -> None:
        """Stop the service's queues from receiving what only an older version handled; idempotent.

        For the end of a roll-out, when no older version runs and none will come back. A queue that is gone from the
        code is named by hand; it is deleted once it is empty.
        """
        typer.echo(_pruned(service, queue))

    @app.command()
    def republish(
        company: Annotated[str | None, typer.Option(help="Id of one company; all when not given.")] = None,
        after: Annotated[str | None, typer.Option(help="Go on after what a run before has printed.")] = None,
    ) -> None:
        """Publish the current state as events again, page by page; idempotent for every consumer."""
        count = asyncio.run(republish_all(service, load(service.settings), company, after))
        typer.echo(f"{count} events written to the outbox")


def _pruned(service: AnyService, queue: str | None) -> str:
    """Prune, and say what was done; ends the command where nothing could be."""
    settings = load(service.settings)
    try:
        if queue is None:
            queues = asyncio.run(prune_bindings(service, settings))
            return f"{', '.join(queues) or 'no queue'}: bound to what this version handles, and to nothing else"
        left = asyncio.run(retire_queue(service, settings, queue))
    except QueueAbsent as absent:
        typer.echo(f"not pruned: there is no queue {absent}{'; run migrate first' if queue is None else ''}", err=True)
        raise typer.Exit(1) from absent
    except QueueInUse as in_use:
        raise typer.BadParameter(f"{in_use} is no queue that {service.name} once had") from in_use
    if left:
        return f"{queue}: receives nothing any more, and stays for the {left} messages in it"
    return f"{queue}: deleted, unless somebody consumes it"


def _add_documents(app: typer.Typer, service: AnyService) -> None:
    @app.command()
    def openapi() -> None:
        """Print the OpenAPI document; no setting is needed for that."""
        sys.stdout.buffer.write(written(public_openapi_of(service)))

    @app.command()
    def settings() -> None:
        """Print every setting with what it is for, as an .env file."""
        typer.echo(environment_example([service.settings]), nl=False)

    @app.command()
    def retention() -> None:
        """Print what ends the rows of each table; no setting is needed for that."""
        table = Table("table", "its rows")
        for name, described in sorted(migrations.chassis_metadata(service.metadata).tables.items()):
            table.add_row(name, str(retention_of(described) or ""))
        show_table(table)

    @app.command()
    def secrets() -> None:
        """Print fresh secrets, as lines of an .env file."""
        typer.echo(new_secrets(service.settings), nl=False)
