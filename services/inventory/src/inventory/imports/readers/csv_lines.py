"""Rows of a CSV file, gathered by product: what every layout has in common."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from contracts.money import Money, MoneyError

from inventory.imports.domain.report import RowError
from inventory.imports.readers.lines import Lines
from inventory.imports.row_schemas import Row


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file: its cells by column, the empty ones left out, and what is wrong with the row as a whole."""

    number: int
    cells: dict[str, str]
    fault: str = ""


class CellError(Exception):
    """A cell that cannot be read as what its column says."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def read_lines(lines: Lines, reader: "Iterator[list[str]]", header: list[str]) -> Iterator[Line | Row]:
    """The rows after the header, empty ones left out; a row that is no CSV comes as one that is rejected."""
    while True:
        number = lines.number + 1
        lines.begin_row()
        try:
            values = next(reader, None)
        except csv.Error as error:
            yield Row(number, None, errors=(RowError(number, "", str(error)),))
            continue
        while lines.faults:
            fault = lines.faults.pop(0)
            yield Row(fault.line, None, errors=(fault,))
        if values is None:
            return
        cells = {name: value.strip() for name, value in zip(header, values, strict=False) if value.strip()}
        if cells:
            yield Line(number, cells, "has more cells than the header" if len(values) > len(header) else "")


def grouped(lines: Iterator[Line | Row], column: str, limit: int) -> Iterator[list[Line] | Row]:
    """Adjacent rows that have the same in a column, `limit` at most; what is rejected already comes in its place."""
    group: list[Line] = []
    for line in lines:
        ends = isinstance(line, Row) or (group and group[0].cells.get(column) != line.cells.get(column))
        if group and (ends or len(group) == limit):
            yield group
            group = []
        if isinstance(line, Row):
            yield line
        else:
            group.append(line)
    if group:
        yield group


def amount_of(column: str, text: str, currency: str) -> int:
    """A decimal, such as 12.50, in minor units; raises CellError."""
    try:
        return Money.parse(text, currency).amount
    except MoneyError as error:
        raise CellError(column, str(error)) from None
