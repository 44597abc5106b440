"""What a person sees of a replay beside its progress: what was read, and how the days compare."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from simulator.reconciliation.figures import Figure, differing, figures_table
from simulator.replay.tally import Tally

_DAYS_SHOWN = 31
_PER_DAY = 3


def show_rows(console: Console, tally: Tally) -> None:
    """Say what was read, and which rows are not sales and why."""
    console.print(f"{tally.rows:,} rows: {tally.sold:,} sold in {tally.invoices:,} invoices", highlight=False)
    if not tally.rejected:
        return
    table = Table("not a sale", "rows", "first lines", title_justify="left")
    for reason, rejected in sorted(tally.rejected.items()):
        table.add_row(reason.value, f"{rejected.rows:,}", ", ".join(map(str, rejected.first_lines)))
    console.print(table)


def show_figures(console: Console, figures: Sequence[Figure]) -> None:
    """Show the sums and each day; of a long file only the days that differ."""
    is_long = len(figures) > (_DAYS_SHOWN + 1) * _PER_DAY
    shown = [*figures[:_PER_DAY], *differing(figures[_PER_DAY:])] if is_long else figures
    title = f"{len(figures)} figures compared; revenue in pence"
    console.print(figures_table(shown, title=title, expected="the file", counted="analytics"))
