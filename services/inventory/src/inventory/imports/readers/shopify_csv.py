"""CSV as Shopify exports products: a row for each variant and for each further picture, a product's rows adjacent.

A product's own columns stand on its first row. Amounts have no currency; other columns are not read.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError
from servicekit.errors import ValidationFailed422

from inventory.catalogue.domain import slugify
from inventory.imports.domain.report import RowError
from inventory.imports.readers.csv_lines import CellError, Line, amount_of, grouped, read_lines
from inventory.imports.readers.lines import Lines
from inventory.imports.row_schemas import MAX_VARIANTS, ProductRow, Row

MAX_ROWS = 3_000
"""Rows of one product that are read together; Shopify gives one 2,048 variants at most."""
AMOUNTS = {"Variant Price": "prices", "Variant Compare At Price": "compareAtPrices", "Cost per item": "costs"}
COLUMNS = {
    "handle": "Handle",
    "title": "Title",
    "categories": "Type",
    "images": "Image Src",
    "attributes": "Vendor",
    "sku": "Variant SKU",
    "options": "Option1 Value",
    "weightGrams": "Variant Grams",
    "stock": "Variant Inventory Qty",
    **{field: column for column, field in AMOUNTS.items()},
}
"""By which column a field of ours is named to whoever sent the file."""
_NO_OPTIONS = ("Title", "Default Title")


def is_shopify(header: Sequence[str]) -> bool:
    """Whether a header is that of Shopify's export."""
    return {"Handle", "Variant Price"} <= {name.strip() for name in header}


def read_shopify(
    lines: Lines, reader: "Iterator[list[str]]", names: Sequence[str], currency: str | None
) -> Iterator[Row]:
    """The products of the file in order; one with a bad row is rejected whole. Raises ValidationFailed422."""
    if currency is None:
        raise ValidationFailed422.of("currency", "is needed: the file's prices have none, and the company has no site")
    return _products(lines, reader, [name.strip() for name in names], currency)


def _products(lines: Lines, reader: "Iterator[list[str]]", header: list[str], currency: str) -> Iterator[Row]:
    for group in grouped(read_lines(lines, reader, header), "Handle", MAX_ROWS):
        if isinstance(group, Row):
            yield group
        else:
            yield from _product(group, currency)


def _product(group: list[Line], currency: str) -> Iterator[Row]:
    """One row, or several when there are more variants than one may have: the first makes what the others add to."""
    errors = [RowError(line.number, "", line.fault) for line in group if line.fault]
    variants: list[tuple[int, dict[str, Any]]] = []
    for line in group:
        if line.cells.keys() & {"Variant Price", "Variant SKU"}:
            try:
                variants.append((line.number, _variant(line.cells, group[0].cells, currency)))
            except CellError as error:
                errors.append(RowError(line.number, error.column, str(error)))
    if errors:
        yield Row(group[0].number, None, errors=tuple(errors))
        return
    product = _of_product(group)
    for start in range(0, max(len(variants), 1), MAX_VARIANTS):
        yield _row(group[0].number, product, variants[start : start + MAX_VARIANTS])
        product = {"handle": product["handle"]}


def _row(number: int, product: dict[str, Any], variants: Sequence[tuple[int, dict[str, Any]]]) -> Row:
    numbers = tuple(line for line, _ in variants)
    try:
        row = ProductRow.model_validate({**product, "variants": [variant for _, variant in variants]})
    except ValidationError as invalid:
        faults = invalid.errors(include_url=False, include_input=False, include_context=False)
        return Row(number, None, errors=tuple(_fault(fault["loc"], fault["msg"], number, numbers) for fault in faults))
    return Row(number, row.to_draft(), lines=numbers)


def _fault(location: tuple[int | str, ...], message: str, number: int, numbers: Sequence[int]) -> RowError:
    message = message.removeprefix("Value error, ")
    if len(location) > 2 and location[0] == "variants":
        return RowError(numbers[int(location[1])], COLUMNS.get(str(location[2]), str(location[2])), message)
    field = str(location[0]) if location else "handle"
    return RowError(number, COLUMNS.get(field, field), message)


def _of_product(group: list[Line]) -> dict[str, Any]:
    cells = group[0].cells
    handle = cells.get("Handle", "")
    product: dict[str, Any] = {"handle": handle, "title": cells.get("Title")}
    if "Title" in cells:
        tags = [cells.get("Type", ""), *cells.get("Tags", "").split(",")]
        product |= {
            "slug": slugify(handle),
            "categories": list(dict.fromkeys(tag.strip() for tag in tags if tag.strip())),
            "attributes": {"Vendor": cells["Vendor"]} if "Vendor" in cells else None,
            "active": cells.get("Status", "active").lower() == "active"
            and cells.get("Published", "true").lower() == "true",
        }
    pictures = [(_place(line.cells), line.cells["Image Src"]) for line in group if "Image Src" in line.cells]
    return {**product, "images": [address for _, address in sorted(pictures, key=lambda found: found[0])] or None}


def _place(cells: dict[str, str]) -> int:
    text = cells.get("Image Position", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _variant(cells: dict[str, str], first: dict[str, str], currency: str) -> dict[str, Any]:
    options = _options(cells, first)
    handle = cells.get("Handle", "")
    made = f"{handle}-{slugify(' '.join(options.values()))}" if options else handle
    variant: dict[str, Any] = {
        "sku": cells.get("Variant SKU", made),
        "options": options,
        "weightGrams": _whole("Variant Grams", cells),
        "stock": _whole("Variant Inventory Qty", cells),
        "tracked": "Variant Inventory Tracker" in cells,
        "backorderable": cells.get("Variant Inventory Policy", "").lower() == "continue",
    }
    for column, field in AMOUNTS.items():
        if column in cells:
            variant[field] = {currency: amount_of(column, cells[column], currency)}
    return variant


def _options(cells: dict[str, str], first: dict[str, str]) -> dict[str, str]:
    """The options of a variant by name; the names stand on the product's first row."""
    options = {}
    for number in (1, 2, 3):
        name, value = first.get(f"Option{number} Name"), cells.get(f"Option{number} Value")
        if value is None or (name, value) == _NO_OPTIONS:
            continue
        if name is None:
            raise CellError(f"Option{number} Value", f"has no Option{number} Name on the product's first row")
        options[name] = value
    return options


def _whole(column: str, cells: dict[str, str]) -> int | None:
    """A number of grams or pieces, which may have decimals; less than none, as after an oversale, is none."""
    if column not in cells:
        return None
    try:
        return max(int(Decimal(cells[column])), 0)
    except (InvalidOperation, ValueError, OverflowError):
        raise CellError(column, "must be a number") from None
