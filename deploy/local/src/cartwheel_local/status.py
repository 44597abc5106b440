"""What runs, as tables for a person."""

from localservers.home import Home
from localservers.processes import is_alive
from localservers.state import load_running
from rich.table import Table

from cartwheel_local.environment import Addresses


def status_table(home: Home) -> tuple[Table, bool]:
    """Return a row per process that was started, and whether there are some and all of them run."""
    running = load_running(home)
    table = Table("process", "state", "pid", "port", "log", box=None)
    for name, process in sorted(running.items()):
        state = "[green]running[/]" if is_alive(process) else "[red]ended[/]"
        table.add_row(name, state, str(process.pid), str(process.port or ""), str(home.log(name)))
    return table, bool(running) and all(is_alive(process) for process in running.values())


def addresses_table(home: Home, addresses: Addresses) -> Table:
    """Return what a person wants to open or to hand to a script."""
    table = Table.grid(padding=(0, 2))
    for title, value in (
        ("API", addresses.gateway_url),
        ("API description", f"{addresses.gateway_url}/api/openapi.json"),
        ("Mailbox", addresses.mail.mailbox_url),
        ("Addresses and tokens", str(home.env_file)),
        ("Logs", str(home.logs)),
    ):
        table.add_row(f"[bold]{title}[/]", value)
    return table
