"""What a row says: a line of a sale, or the reason why it is none."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from simulator.replay.rows import Row

CURRENCY: Final = "GBP"
"""The layout's prices are pounds."""
MOST_UNITS: Final = 1_000_000
"""What one line of a cart can hold."""
_DATES: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S")
_CANCELLED: Final = "C"


class Reason(StrEnum):
    """Why a row is not a sale, in the order in which it is judged; a row counts under the first."""

    UNREADABLE = "unreadable row"
    NO_INVOICE = "no invoice number"
    CANCELLED = "cancelled invoice"
    NO_CODE = "no stock code"
    BAD_QUANTITY = "quantity is no whole number"
    NO_UNITS = "quantity of 0 or less"
    TOO_MANY = "quantity above 1,000,000"
    NO_DESCRIPTION = "no description"
    BAD_DATE = "date cannot be read"
    IN_FUTURE = "date in the future"
    BAD_PRICE = "price is no number"
    NO_PRICE = "price of 0 or less"
    NOT_PENCE = "price is not in whole pence"


@dataclass(frozen=True, slots=True)
class Sale:
    """A line of an invoice; `pence` is the price of one unit, `at` the row's time, taken as UTC."""

    line: int
    invoice: str
    code: str
    title: str
    quantity: int
    at: datetime
    pence: int


class _NoSale(Exception):
    """Carries the reason out of the reading of a cell."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def read_sale(row: Row, now: datetime) -> Sale | Reason:
    """Read a row; stock codes are taken as given, nothing is rounded, and no number becomes a float."""
    try:
        return _sale(row, now)
    except _NoSale as none:
        return none.reason


def _sale(row: Row, now: datetime) -> Sale:
    if row.cells is None:
        raise _NoSale(Reason.UNREADABLE)
    invoice = _filled(row.cells["InvoiceNo"], Reason.NO_INVOICE)
    if invoice.upper().startswith(_CANCELLED):
        raise _NoSale(Reason.CANCELLED)
    return Sale(
        line=row.line,
        invoice=invoice,
        code=_filled(row.cells["StockCode"], Reason.NO_CODE),
        quantity=_units(row.cells["Quantity"]),
        title=_filled(row.cells["Description"], Reason.NO_DESCRIPTION),
        at=_moment(row.cells["InvoiceDate"], now),
        pence=_pence(row.cells["UnitPrice"]),
    )


def _filled(text: str, reason: Reason) -> str:
    """The text on one line and without blanks around it."""
    if not (line := " ".join("".join(c if c.isprintable() else " " for c in text).split())):
        raise _NoSale(reason)
    return line


def _units(text: str) -> int:
    number = _decimal(text, Reason.BAD_QUANTITY)
    if number != number.to_integral_value():
        raise _NoSale(Reason.BAD_QUANTITY)
    if number <= 0:
        raise _NoSale(Reason.NO_UNITS)
    if number > MOST_UNITS:
        raise _NoSale(Reason.TOO_MANY)
    return int(number)


def _pence(text: str) -> int:
    pence = _decimal(text, Reason.BAD_PRICE).scaleb(2)
    if pence <= 0:
        raise _NoSale(Reason.NO_PRICE)
    if pence != pence.to_integral_value():
        raise _NoSale(Reason.NOT_PENCE)
    return int(pence)


def _decimal(text: str, reason: Reason) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise _NoSale(reason) from None
    if not number.is_finite() or number.adjusted() > 12:
        raise _NoSale(reason)
    return number


def _moment(text: str, now: datetime) -> datetime:
    for pattern in _DATES:
        try:
            moment = datetime.strptime(text.strip(), pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
        if moment > now:
            raise _NoSale(Reason.IN_FUTURE)
        return moment
    raise _NoSale(Reason.BAD_DATE)
