"""Tables on the command line: fitted to a terminal, never cut for who reads them from a pipe."""

from rich.console import Console
from rich.table import Table

_PIPE_WIDTH = 250


def show_table(table: Table) -> None:
    """Print a table."""
    console = Console()
    if not console.is_terminal:
        console.width = _PIPE_WIDTH
    console.print(table)
