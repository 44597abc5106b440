"""`python -m k8s`: check | render, over the repository in the current directory."""

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from k8s import custom_resources, policies, schemas
from k8s.catalogue import Catalogue
from k8s.errors import CheckFailed
from k8s.judging import faults_of
from k8s.objects import Object, read
from k8s.rendering import overlays, render

app = typer.Typer(help="What is applied to a cluster.", no_args_is_help=True, pretty_exceptions_enable=False)
console = Console()

Tools = Annotated[Path, typer.Option(help="where scripts/k8s-check has put kubectl and the validators")]
TOOLS = Path(".local/k8s")

Judge = Callable[[str, Sequence[Object]], str]


@app.command("render")
def render_overlay(
    overlay: Annotated[str, typer.Argument(help="production, staging, …")], tools: Tools = TOOLS
) -> None:
    """Print the objects of an overlay."""
    try:
        print(render(tools / "kubectl", Path(), overlay), end="")
    except CheckFailed as failed:
        sys.exit(str(failed))


@app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="overlays; all of them when none")] = None,
    tools: Tools = TOOLS,
) -> None:
    """Render overlays and judge them by schemas, types, policies and our rules; status 1 and a line for each fault."""
    chosen = names or overlays(Path())
    failed = False
    judges = _judges(tools)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=len(chosen) * len(judges))
        for overlay in chosen:
            for line, is_fault in _judged(overlay, tools, judges, partial(_show, progress, task)):
                failed |= is_fault
                progress.console.print(line, style="red" if is_fault else None, highlight=False, soft_wrap=True)
                progress.advance(task)
    console.print("not as it has to be" if failed else f"{len(chosen)} overlays are as they have to be")
    raise typer.Exit(int(failed))


def _show(progress: Progress, task: TaskID, title: str) -> None:
    progress.update(task, description=title)


def _judges(tools: Path) -> dict[str, Judge]:
    catalogue = Catalogue.of(Path())

    def by_schemas(overlay: str, objects: Sequence[Object]) -> str:
        count = schemas.validate(tools / "venv/bin/kubernetes-validate", objects, tools / f"{overlay}.yaml")
        return f"{count} built-in objects fit the schemas of Kubernetes {schemas.VERSION}"

    def by_rules(overlay: str, objects: Sequence[Object]) -> str:
        if found := sorted(set(faults_of(overlay, objects, catalogue))):
            raise CheckFailed("\n".join(found))
        return f"{len(objects)} objects agree with the code"

    def by_types(_: str, objects: Sequence[Object]) -> str:
        count = custom_resources.validate(tools / "venv/bin/node", tools / "schemas", objects)
        return f"{count} custom resources fit their operators' types"

    def by_policies(overlay: str, objects: Sequence[Object]) -> str:
        count = policies.lint(tools / "venv/bin/checkov", objects, tools / f"{overlay}.yaml")
        return f"{count} of checkov's policies passed"

    return {"schemas": by_schemas, "types": by_types, "rules": by_rules, "policies": by_policies}


def _judged(
    overlay: str, tools: Path, judges: dict[str, Judge], show: Callable[[str], None]
) -> Iterator[tuple[str, bool]]:
    """A line for what each judge says of an overlay, and whether it is a fault."""
    show(f"{overlay}: rendering")
    try:
        objects = read(render(tools / "kubectl", Path(), overlay))
    except CheckFailed as failed:
        yield str(failed), True
        return
    for title, judge in judges.items():
        show(f"{overlay}: {title}")
        try:
            yield f"{overlay}: {judge(overlay, objects)}", False
        except CheckFailed as failed:
            yield "\n".join(f"{overlay}: {line}" for line in str(failed).splitlines()), True


if __name__ == "__main__":
    app()
