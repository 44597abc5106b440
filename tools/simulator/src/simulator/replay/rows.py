"""Reading a file of invoices row by row, whatever its kind: CSV, gzipped CSV, or an Excel workbook."""

import csv
import gzip
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from simulator.replay.errors import UnreadableFile

COLUMNS: Final = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice")
"""What the layout of "Online Retail" (UCI Machine Learning Repository) must have; other columns are ignored."""

_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, InvalidFileException, KeyError, ValueError)
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the header: its line in the file, from 1, and its cells as text by column; None: unreadable."""

    line: int
    cells: dict[str, str] | None


def read_rows(path: Path) -> Iterator[Row]:
    """The file's rows in order, one at a time in memory. Raises UnreadableFile as soon as that is known."""
    name = path.name.lower()
    try:
        if name.endswith(".xlsx"):
            yield from _named(_workbook_rows(path))
        elif name.endswith((".csv", ".csv.gz")):
            yield from _named(_csv_rows(path, is_packed=name.endswith(".gz")))
        else:
            raise UnreadableFile(f"{path}: only .csv, .csv.gz and .xlsx can be read")
    except _BROKEN as broken:
        raise UnreadableFile(f"{path}: {broken}") from broken


def _named(rows: Iterable[tuple[int, Sequence[str] | None]]) -> Iterator[Row]:
    """Put the header's names to the cells; a row with more or fewer cells is unreadable."""
    remaining = iter(rows)
    _, header = next(remaining, (0, None))
    names = [name.strip().removeprefix(_BYTE_ORDER_MARK) for name in header or ()]
    if missing := [column for column in COLUMNS if column not in names]:
        raise UnreadableFile(f"the header has no {', '.join(missing)}")
    for line, cells in remaining:
        if cells is None or len(cells) != len(names):
            yield Row(line, None)
        else:
            yield Row(line, dict(zip(names, cells, strict=True)))


def _csv_rows(path: Path, *, is_packed: bool) -> Iterator[tuple[int, Sequence[str] | None]]:
    with gzip.open(path, "rb") if is_packed else path.open("rb") as file:
        reader = csv.reader(_decoded(line) for line in file)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield reader.line_num, None
            else:
                if cells:
                    yield reader.line_num, cells


def _decoded(line: bytes) -> str:
    """UTF-8, else the encoding in which spreadsheets of Western Europe export."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def _workbook_rows(path: Path) -> Iterator[tuple[int, Sequence[str] | None]]:
    with closing(load_workbook(path, read_only=True, data_only=True)) as workbook:
        sheet = workbook.worksheets[0]
        for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if any(cell is not None for cell in cells):
                yield line, [_text(cell) for cell in cells]


def _text(cell: object) -> str:
    """A cell as a person reads it: a number in its shortest exact form, a date in ISO 8601."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
