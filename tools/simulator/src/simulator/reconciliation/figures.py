"""Figures side by side: what was expected, and what was counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Figure:
    """One number from two sources that must agree; amounts are minor units."""

    name: str
    expected: int | float
    counted: int | float | None
    """None when the other side does not know the figure at all."""

    @property
    def is_equal(self) -> bool:
        """Exactly equal: no tolerance, not even for averages and rates."""
        return self.expected == self.counted


def compare(expected: Mapping[str, int | float], counted: Mapping[str, int | float]) -> tuple[Figure, ...]:
    """Pair the figures by name.

    One that only the counting side has is compared with 0: what nobody saw must not have been counted.
    """
    extra = {name: 0 for name in counted if name not in expected}
    return tuple(Figure(name, value, counted.get(name)) for name, value in {**expected, **extra}.items())


def differing(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """The figures that do not agree."""
    return tuple(figure for figure in figures if not figure.is_equal)


def figures_table(figures: Sequence[Figure], *, title: str, expected: str, counted: str) -> Table:
    """A table of the figures with a mark on each; `expected` and `counted` name the two sources."""
    table = Table(title=title, title_justify="left")
    table.add_column("figure")
    table.add_column(expected, justify="right")
    table.add_column(counted, justify="right")
    table.add_column("")
    for figure in figures:
        mark = Text("✓", "green") if figure.is_equal else Text("✗", "bold red")
        table.add_row(figure.name, _number(figure.expected), _number(figure.counted), mark)
    return table


def verdict(figures: Sequence[Figure]) -> str:
    """One sentence: that every figure is equal, or which are not."""
    if wrong := differing(figures):
        named = ", ".join(f"{figure.name} ({figure.expected} ≠ {figure.counted})" for figure in wrong)
        return f"{len(wrong)} of {len(figures)} figures differ: {named}"
    return f"all {len(figures)} figures are equal"


def _number(value: int | float | None) -> str:
    return "unknown" if value is None else f"{value:,}"
