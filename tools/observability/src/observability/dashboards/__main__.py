"""`python -m observability.dashboards write|check|rules`."""

import sys

import typer
import yaml

from observability.dashboards.committed import outdated, targets_in, write
from observability.dashboards.grafana import grafana_json
from observability.dashboards.servers import servers_board
from observability.dashboards.services import service_boards
from observability.dashboards.shared import business_board, queues_board

app = typer.Typer(help="Grafana's dashboards.", no_args_is_help=True, pretty_exceptions_enable=False)


def texts() -> dict[str, str]:
    """Every dashboard's JSON by the name of its file."""
    boards = [*service_boards(), business_board(), queues_board(), servers_board()]
    return {f"{board.uid.removeprefix('cartwheel-')}.json": grafana_json(board) for board in boards}


@app.command("write")
def write_command() -> None:
    """Write deploy/observability/grafana."""
    write(texts())


@app.command()
def check() -> None:
    """Exit with 1, naming the files, unless they are what the code makes."""
    if names := outdated(texts()):
        print(
            f"{', '.join(names)} in deploy/observability/grafana: out of date, run `make dashboards`", file=sys.stderr
        )
        raise typer.Exit(1)


@app.command()
def rules() -> None:
    """Print every query as a recording rule, for `promtool check rules` to parse."""
    queries = sorted({target.query for target in targets_in()})
    recorded = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(queries)]
    print(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}))


if __name__ == "__main__":
    sys.exit(app())
