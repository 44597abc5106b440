"""Real invoices, shopped again: what analytics counts is what the file counts."""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from localservers.home import REPOSITORY
from openpyxl import Workbook

from .command_line import Finished, cartwheel_local
from .stack import Stack

SAMPLE = REPOSITORY.parent / "shared" / "data" / "online-retail-sample.csv.gz"
HEADER = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
ROWS = (
    ("10", "MUG", "A MUG", "2", "2010-12-01 23:59:00", "2.55", "", "France"),
    ("10", "MUG", "A MUG", "3", "2010-12-02 00:01:00", "2.55", "", "France"),  # the same again: adds up
    ("10", "MUG", "A MUG", "1", "2010-12-01 23:59:00", "2.10", "", "France"),  # another price: another variant
    ("10", "mug", "SMALL MUG", "1", "2010-12-01 23:59:00", "1.00", "", "France"),  # another code
    ("C11", "MUG", "A MUG", "-2", "2010-12-02 10:00:00", "2.55", "", "France"),
    ("12", "BANK CHARGES", "CHARGES, OF A BANK", "5000", "2010-12-02 10:00:00", "0.01", "", "France"),
    ("12", "", "WHAT", "1", "2010-12-02 10:00:00", "1.00", "", "France"),
    ("12", "LAMP", "", "1", "2010-12-02 10:00:00", "1.00", "", "France"),
    ("12", "LAMP", "LAMP", "0", "2010-12-02 10:00:00", "1.00", "", "France"),
    ("12", "LAMP", "LAMP", "1", "2010-12-02 10:00:00", "0", "", "France"),
    ("12", "LAMP", "LAMP", "one", "2010-12-02 10:00:00", "1.00", "", "France"),
    ("12", "LAMP", "LAMP", "1", "2010-12-02 10:00:00", "0.001", "", "France"),
)
NOT_SALES = {
    "cancelled invoice": [6],
    "no stock code": [8],
    "no description": [9],
    "quantity of 0 or less": [10],
    "price of 0 or less": [11],
    "quantity is no whole number": [12],
    "price is not in whole pence": [13],
}


def report_of(stack: Stack, file: Path) -> Mapping[str, Any]:
    """The report of the newest replay of a file."""
    name = file.name.partition(".")[0]
    newest = max((stack.home.path / "replays").glob(f"{name}-*.json"), key=lambda path: path.stat().st_mtime_ns)
    return dict(json.loads(newest.read_text()))


def counted(report: Mapping[str, Any]) -> dict[str, int]:
    """Analytics' side of a report's figures, by name."""
    return {figure["name"]: figure["counted"] for figure in report["figures"]}


def check_small(stack: Stack, file: Path, replay: Finished) -> None:
    """What is known by hand of ROWS."""
    assert replay.status == 0, replay.printed
    report = report_of(stack, file)
    assert {name: rejected["first_lines"] for name, rejected in report["notSales"].items()} == NOT_SALES
    assert counted(report) == {
        **{"all days: carts": 2, "all days: units": 5007, "all days: revenue": 1585 + 5000},
        **{"2010-12-01: carts": 1, "2010-12-01: units": 7, "2010-12-01: revenue": 5 * 255 + 210 + 100},
        **{"2010-12-02: carts": 1, "2010-12-02: units": 5000, "2010-12-02: revenue": 5000},
    }


async def test_a_messy_csv_is_counted_row_by_row(stack: Stack, tmp_path: Path) -> None:
    """What is no sale is said with its line; the rest is counted to the penny, on the day of its invoice."""
    file = tmp_path / "messy.csv"
    with file.open("w", newline="") as opened:
        csv.writer(opened).writerows([HEADER, *ROWS])

    check_small(stack, file, await cartwheel_local(stack, "replay", str(file)))


async def test_a_workbook_is_counted_alike_and_may_be_replayed_again(stack: Stack, tmp_path: Path) -> None:
    """A second run is a shop of its own: nothing adds to the first."""
    file, workbook = tmp_path / "messy.xlsx", Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (HEADER, *ROWS):
        sheet.append(row)
    workbook.save(file)

    for _ in range(2):
        check_small(stack, file, await cartwheel_local(stack, "replay", str(file)))


async def test_a_file_without_a_sale_is_refused(stack: Stack, tmp_path: Path) -> None:
    """One sentence, and nothing is changed."""
    file = tmp_path / "empty.csv"
    file.write_text(",".join(HEADER) + "\n")

    replay = await cartwheel_local(stack, "replay", str(file))

    assert replay.status == 1
    assert "none of its 0 rows is a sale" in replay.printed


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample of real invoices is not beside this clone")
async def test_ten_thousand_real_rows(stack: Stack) -> None:
    """Days, units and revenue are those that a few lines of code read straight from the file."""
    with gzip.open(SAMPLE, "rt", newline="") as opened:
        expected = days_of(csv.DictReader(opened))

    replay = await cartwheel_local(stack, "replay", str(SAMPLE))

    assert replay.status == 0, replay.printed
    figures = counted(report_of(stack, SAMPLE))
    assert {name: value for name, value in figures.items() if not name.startswith("all days")} == expected


def days_of(rows: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """Carts, units and revenue of each day, as simply as it can be said; the sample's invoices are of one day each."""
    invoices: defaultdict[date, set[str]] = defaultdict(set)
    figures: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        quantity, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
        if row["InvoiceNo"].startswith("C") or quantity <= 0 or price <= 0 or not row["Description"].strip():
            continue
        day = date.fromisoformat(row["InvoiceDate"][:10])
        invoices[day].add(row["InvoiceNo"])
        figures[f"{day}: units"] += quantity
        figures[f"{day}: revenue"] += int(quantity * price * 100)
    return {**figures, **{f"{day}: carts": len(numbers) for day, numbers in invoices.items()}}
