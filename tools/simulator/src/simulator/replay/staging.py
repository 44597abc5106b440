"""A file's sales in a database of their own beside it: in any order in, invoice by invoice in order of time out."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from simulator.replay.sales import Sale

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE sales (line INTEGER PRIMARY KEY, invoice TEXT, at TEXT, code TEXT, pence INTEGER, quantity INTEGER);
CREATE TABLE titles (code TEXT PRIMARY KEY, title TEXT) WITHOUT ROWID;
CREATE TABLE prices (code TEXT, pence INTEGER, PRIMARY KEY (code, pence)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of an invoice as it is put into the cart."""

    code: str
    pence: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """A sale to shop again, at the time of its earliest line."""

    number: str
    at: datetime
    items: tuple[Item, ...]

    @property
    def total(self) -> int:
        """What it comes to, in pence."""
        return sum(item.quantity * item.pence for item in self.items)


@dataclass(frozen=True, slots=True)
class Article:
    """A stock code with the first description that the file gives it, and each price at which it was sold."""

    code: str
    title: str
    prices: tuple[int, ...]


class Staging:
    """Keeps sales on disk, so that memory stays the same whatever the size of the file; deleted at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.unlink(missing_ok=True)
        self._database = sqlite3.connect(path)
        self._database.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()
        self._path.unlink(missing_ok=True)

    def add(self, sale: Sale) -> None:
        """Keep a line of a sale."""
        row = (sale.line, sale.invoice, sale.at.isoformat(), sale.code, sale.pence, sale.quantity)
        self._database.execute("INSERT INTO sales VALUES (?, ?, ?, ?, ?, ?)", row)
        self._database.execute("INSERT OR IGNORE INTO titles VALUES (?, ?)", (sale.code, sale.title))
        self._database.execute("INSERT OR IGNORE INTO prices VALUES (?, ?)", (sale.code, sale.pence))

    def complete(self) -> None:
        """Say that every sale is in, before any is read."""
        self._database.execute("CREATE INDEX by_invoice ON sales (invoice, line)")
        self._database.commit()

    def articles(self) -> Iterator[Article]:
        """The catalogue, by code."""
        found = self._database.execute(
            "SELECT code, title, group_concat(pence) FROM titles JOIN prices USING (code) GROUP BY code ORDER BY code"
        )
        for code, title, prices in found:
            yield Article(code, title, tuple(sorted(map(int, prices.split(",")))))

    def prices(self, code: str) -> tuple[int, ...]:
        """Each price at which a code was sold, rising, as its article has them."""
        found = self._database.execute("SELECT pence FROM prices WHERE code = ? ORDER BY pence", (code,))
        return tuple(pence for (pence,) in found)

    def invoices(self) -> Iterator[Invoice]:
        """Every invoice in the order of their times, and of the file where those are the same."""
        found = self._database.execute(
            "SELECT invoice, min(at) FROM sales GROUP BY invoice ORDER BY min(at), min(line)"
        )
        for number, at in found:
            rows = self._database.execute(
                "SELECT code, pence, quantity FROM sales WHERE invoice = ? ORDER BY line", (number,)
            )
            yield Invoice(number, datetime.fromisoformat(at), tuple(Item(*row) for row in rows))
