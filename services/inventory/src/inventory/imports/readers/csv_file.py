"""CSV: a variant on every row, the rows of a product one after another.

Amounts are decimals of their column's currency, such as 12.50; an empty cell leaves what is there as it is.
"""

import csv
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from contracts.money import MoneyError, exponent_of
from pydantic import ValidationError
from servicekit.errors import ValidationFailed422

from inventory.imports.domain.report import RowError
from inventory.imports.readers.csv_lines import CellError, Line, amount_of, grouped, read_lines
from inventory.imports.readers.lines import Lines
from inventory.imports.readers.shopify_csv import is_shopify, read_shopify
from inventory.imports.row_schemas import MAX_VARIANTS, ProductRow, Row

PRODUCT_COLUMNS = {
    "product_id": "id",
    "product_handle": "handle",
    "title": "title",
    "slug": "slug",
    "categories": "categories",
    "image_url": "imageUrl",
    "images": "images",
    "tax_category": "taxCategory",
    "active": "active",
}
VARIANT_COLUMNS = {
    "variant_id": "id",
    "sku": "sku",
    "variant_title": "title",
    "stock": "stock",
    "tracked": "tracked",
    "backorderable": "backorderable",
    "weight_grams": "weightGrams",
}
OPTION_COLUMNS = {f"option{number}_{part}" for number in (1, 2, 3) for part in ("name", "value")}
REQUIRED = ("product_handle", "sku")
AMOUNTS = {"price_": "prices", "compare_at_": "compareAtPrices", "cost_": "costs"}
_COUNTS = {"stock", "weight_grams"}
_LISTS = {"categories": ";", "images": " "}
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_BOOLEANS = {"active", "tracked", "backorderable"}


def read_csv(file: BinaryIO, currency: str | None = None) -> Iterator[Row]:
    """The products of the file in order; one with a bad row is rejected whole, with an error for each bad cell.

    A file that Shopify exported is known by its header; its amounts are in `currency`.
    Raises ValidationFailed422 naming the column when the header is not one, or when it cannot be read at all.
    """
    lines = Lines(file)
    reader = csv.reader(lines)
    try:
        names = next(reader, [])
    except csv.Error as error:
        raise ValidationFailed422.of("header", str(error)) from None
    if is_shopify(names):
        return read_shopify(lines, reader, names, currency)
    return _products(lines, reader, _header(names))


def _header(names: Sequence[str]) -> list[str]:
    header = [name.strip() for name in names]
    problems = [(name, "is missing") for name in REQUIRED if name not in header]
    problems += [(name, "appears twice") for name in {name for name in header if header.count(name) > 1}]
    problems += [(name or "header", reason) for name in header if (reason := _unknown(name))]
    if problems:
        raise ValidationFailed422(
            "The file's header is not valid.",
            errors=[{"field": name[:100], "message": message} for name, message in problems],
        )
    return header


def _unknown(name: str) -> str | None:
    for prefix in AMOUNTS:
        if name.startswith(prefix):
            try:
                exponent_of(name.removeprefix(prefix))
            except MoneyError:
                return "does not end in a known currency code"
            return None
    known = name in PRODUCT_COLUMNS or name in VARIANT_COLUMNS or name in OPTION_COLUMNS
    return None if known else "is not a known column"


def _products(lines: Lines, reader: "Iterator[list[str]]", header: list[str]) -> Iterator[Row]:
    """A product longer than MAX_VARIANTS goes on as a further row of its own."""
    for group in grouped(read_lines(lines, reader, header), "product_handle", MAX_VARIANTS):
        yield group if isinstance(group, Row) else _product(group)


def _product(group: list[Line]) -> Row:
    errors: list[RowError] = []
    product: dict[str, Any] = {}
    variants = []
    for line in group:
        if line.fault:
            errors.append(RowError(line.number, "", line.fault))
        try:
            _take_product_cells(product, line)
            variants.append(_variant(line))
        except CellError as error:
            errors.append(RowError(line.number, error.column, str(error)))
    numbers = tuple(line.number for line in group)
    if errors:
        return Row(numbers[0], None, errors=tuple(errors))
    try:
        row = ProductRow.model_validate({**product, "variants": variants})
    except ValidationError as invalid:
        faults = invalid.errors(include_url=False, include_input=False, include_context=False)
        return Row(numbers[0], None, errors=tuple(_fault(fault["loc"], fault["msg"], numbers) for fault in faults))
    return Row(numbers[0], row.to_draft(), lines=numbers)


def _take_product_cells(product: dict[str, Any], line: Line) -> None:
    """Add what this row says of the product; a later row may repeat it, not contradict it."""
    for column, field in PRODUCT_COLUMNS.items():
        if column not in line.cells:
            continue
        value = _read(column, line.cells[column])
        if product.setdefault(field, value) != value:
            raise CellError(column, "is not what an earlier row of this product says")


def _variant(line: Line) -> dict[str, Any]:
    variant: dict[str, Any] = {
        field: _read(column, line.cells[column]) for column, field in VARIANT_COLUMNS.items() if column in line.cells
    }
    if options := _options(line.cells):
        variant["options"] = options
    for column, text in line.cells.items():
        for prefix, field in AMOUNTS.items():
            if column.startswith(prefix):
                currency = column.removeprefix(prefix)
                variant.setdefault(field, {})[currency] = amount_of(column, text, currency)
    return variant


def _options(cells: dict[str, str]) -> dict[str, str]:
    options = {}
    for number in (1, 2, 3):
        name, value = cells.get(f"option{number}_name"), cells.get(f"option{number}_value")
        if (name is None) != (value is None):
            raise CellError(f"option{number}_name", "needs both a name and a value")
        if name is not None and value is not None:
            options[name] = value
    return options


def _read(column: str, text: str) -> Any:
    if column in _BOOLEANS:
        if text.lower() not in _TRUTH:
            raise CellError(column, "must be true or false")
        return _TRUTH[text.lower()]
    if column in _COUNTS:
        if not (text.isascii() and text.isdigit() and len(text) <= 10):
            raise CellError(column, "must be a whole number, 0 or more")
        return int(text)
    if column in _LISTS:
        return [part.strip() for part in text.split(_LISTS[column]) if part.strip()]
    return text


def _fault(location: tuple[int | str, ...], message: str, numbers: Sequence[int]) -> RowError:
    """The error of a product's field at its first line, of a variant's at its own, by the column's name."""
    message = message.removeprefix("Value error, ")
    if len(location) > 2 and location[0] == "variants":
        return RowError(numbers[int(location[1])], _column(location[2:], VARIANT_COLUMNS), message)
    return RowError(numbers[0], _column(location, PRODUCT_COLUMNS), message)


def _column(location: Sequence[int | str], columns: dict[str, str]) -> str:
    field = str(location[0]) if location else "product_handle"
    for prefix, name in AMOUNTS.items():
        if field == name:
            return f"{prefix}{location[1]}" if len(location) > 1 else prefix
    if field == "options":
        return "option1_name"
    return next((column for column, name in columns.items() if name == field), field)
