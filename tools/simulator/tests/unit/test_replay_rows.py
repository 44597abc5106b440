"""Files of invoices as they come: which rows are read as sales, and what is said of the others."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from simulator.replay.errors import UnreadableFile
from simulator.replay.rows import COLUMNS, Row, read_rows
from simulator.replay.sales import Reason, Sale, read_sale

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
GOOD = {
    "InvoiceNo": "536365",
    "StockCode": "85123A",
    "Description": "WHITE LANTERN",
    "Quantity": "6",
    "InvoiceDate": "2010-12-01 08:26:00",
    "UnitPrice": "2.55",
}


def test_a_row_becomes_a_sale_in_exact_pence() -> None:
    """2.55 is 255 pence; as a binary fraction it would not be."""
    sale = read_sale(Row(2, GOOD), NOW)

    assert sale == Sale(2, "536365", "85123A", "WHITE LANTERN", 6, datetime(2010, 12, 1, 8, 26, tzinfo=UTC), 255)


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("InvoiceNo", " ", Reason.NO_INVOICE),
        ("InvoiceNo", "C536379", Reason.CANCELLED),
        ("InvoiceNo", "c536379", Reason.CANCELLED),
        ("StockCode", "", Reason.NO_CODE),
        ("Quantity", "many", Reason.BAD_QUANTITY),
        ("Quantity", "1.5", Reason.BAD_QUANTITY),
        ("Quantity", "NaN", Reason.BAD_QUANTITY),
        ("Quantity", "1e99999", Reason.BAD_QUANTITY),
        ("Quantity", "0", Reason.NO_UNITS),
        ("Quantity", "-12", Reason.NO_UNITS),
        ("Quantity", "1000001", Reason.TOO_MANY),
        ("Description", " ", Reason.NO_DESCRIPTION),
        ("InvoiceDate", "yesterday", Reason.BAD_DATE),
        ("InvoiceDate", "2010-13-01 08:26:00", Reason.BAD_DATE),
        ("InvoiceDate", "2026-01-01 00:00:01", Reason.IN_FUTURE),
        ("UnitPrice", "free", Reason.BAD_PRICE),
        ("UnitPrice", "Infinity", Reason.BAD_PRICE),
        ("UnitPrice", "0.00", Reason.NO_PRICE),
        ("UnitPrice", "-11062.06", Reason.NO_PRICE),
        ("UnitPrice", "0.001", Reason.NOT_PENCE),
    ],
)
def test_what_is_no_sale_has_a_reason(column: str, text: str, reason: Reason) -> None:
    """Each way in which real files are messy has its own reason."""
    assert read_sale(Row(2, {**GOOD, column: text}), NOW) is reason


@given(pence=st.integers(min_value=1, max_value=10**9), zeros=st.integers(min_value=0, max_value=3))
def test_every_price_in_pence_is_read_exactly(pence: int, zeros: int) -> None:
    """However a price is written, no penny is lost or won."""
    text = f"{pence // 100}.{pence % 100:02}" + "0" * zeros

    sale = read_sale(Row(2, {**GOOD, "UnitPrice": text}), NOW)

    assert isinstance(sale, Sale)
    assert sale.pence == pence


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=20)))
def test_no_text_breaks_the_reading(odd: dict[str, str]) -> None:
    """A cell may hold anything at all: it is a sale or has a reason."""
    assert isinstance(read_sale(Row(2, {**GOOD, **odd}), NOW), Sale | Reason)


def test_stock_codes_are_taken_as_given() -> None:
    """85123A and 85123a are two articles: the file may mean it."""
    codes = {
        sale.code
        for code in ("85123A", "85123a", "BANK CHARGES")
        if isinstance(sale := read_sale(Row(2, {**GOOD, "StockCode": code}), NOW), Sale)
    }

    assert codes == {"85123A", "85123a", "BANK CHARGES"}


def test_csv_rows_have_the_line_of_the_file(tmp_path: Path) -> None:
    """Quoted commas, a description over two lines, blank lines, another encoding and a short row are all lived with."""
    file = tmp_path / "invoices.csv"
    rows = '1,A,"TEA, GREEN",1,2010-12-01 08:26:00,1.00,,UK\n\n2,B,"TWO\nLINES",1,12/1/2010 8:26,1.00,,UK\n3,C\n'
    file.write_bytes(b"\xef\xbb\xbf" + HEADER.encode() + rows.encode() + b"4,D,\xa310 CARD,1,2010-12-01 08:26,1,,UK\n")

    found = list(read_rows(file))

    assert [row.line for row in found] == [2, 5, 6, 7]
    assert [row.cells and row.cells["Description"] for row in found] == ["TEA, GREEN", "TWO\nLINES", None, "£10 CARD"]
    assert [type(read_sale(row, NOW)) for row in found] == [Sale, Sale, Reason, Sale]


def test_a_packed_csv_reads_the_same(tmp_path: Path) -> None:
    """.csv.gz is the same file, packed."""
    text = HEADER + ",".join(GOOD.values()) + ",,UK\n"
    plain, packed = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    plain.write_text(text)
    packed.write_bytes(gzip.compress(text.encode()))

    assert list(read_rows(packed)) == list(read_rows(plain))


def test_a_workbook_reads_as_its_csv(tmp_path: Path) -> None:
    """Numbers and dates of Excel's own become the texts that a CSV has."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(list(COLUMNS))
    sheet.append([536365, "85123A", "WHITE LANTERN", 6, datetime(2010, 12, 1, 8, 26), 2.55])  # noqa: DTZ001  # as Excel has it
    sheet.append([536366, 71053, None, 6, datetime(2010, 12, 1, 8, 26), 3])  # noqa: DTZ001  # as Excel has it
    workbook.save(tmp_path / "invoices.xlsx")

    first, second = read_rows(tmp_path / "invoices.xlsx")

    assert first == Row(2, GOOD)
    assert second.cells is not None
    assert (second.line, second.cells["StockCode"], second.cells["Description"]) == (3, "71053", "")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"a,b\n1,2\n", "has no InvoiceNo"),
        ("a.csv", b"", "has no InvoiceNo"),
        ("a.ods", b"", "only .csv"),
        ("a.csv.gz", b"not packed at all", "a.csv.gz"),
        ("a.csv.gz", gzip.compress(HEADER.encode() * 9999)[:-20], "a.csv.gz"),
        ("a.xlsx", b"not a workbook", "a.xlsx"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    """What cannot be read is said in one sentence, not in a traceback."""
    file = tmp_path / name
    file.write_bytes(content)

    with pytest.raises(UnreadableFile, match=reason):
        list(read_rows(file))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A wrong path is the commonest mistake of all."""
    with pytest.raises(UnreadableFile, match=r"none\.csv"):
        list(read_rows(tmp_path / "none.csv"))
