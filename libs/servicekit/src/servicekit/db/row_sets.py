"""Rows that a statement gets as parameters: a single one as plain values, several as an array for each column.

What is busy mostly writes one row. Given as values it costs PostgreSQL and the driver a quarter less (ADR 0021).
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowSet:
    """The columns of such rows, each a name and its type in PostgreSQL."""

    columns: tuple[tuple[str, str], ...]

    def sql(self, alias: str, first: int, *, single: bool) -> str:
        """What stands in a FROM clause for the rows, their parameters numbered from `first`."""
        names = ", ".join(name for name, _ in self.columns)
        many = "" if single else "[]"
        values = ", ".join(f"${first + index}::{kind}{many}" for index, (_, kind) in enumerate(self.columns))
        return f"{f'(VALUES ({values}))' if single else f'unnest({values})'} AS {alias} ({names})"

    def args(self, rows: Sequence[tuple[object, ...]], *, single: bool) -> tuple[object, ...]:
        """The parameters: the values of the single row, or a list for each column."""
        if single:
            [row] = rows
            return row
        return tuple([row[index] for row in rows] for index in range(len(self.columns)))
