"""JSON Lines: a product on every line."""

from collections.abc import Iterator
from json import JSONDecodeError
from typing import BinaryIO

from pydantic import ValidationError
from servicekit.http.json_bodies import decoded

from inventory.imports.domain.report import RowError
from inventory.imports.readers.lines import Lines
from inventory.imports.row_schemas import ProductRow, Row


def read_json_lines(file: BinaryIO) -> Iterator[Row]:
    """The products of the file in order; a line that is no valid product comes with its errors."""
    lines = Lines(file)
    for text in lines:
        lines.begin_row()
        yield from _faults(lines)
        if text.strip():
            yield _row(lines.number, text)
    yield from _faults(lines)


def _faults(lines: Lines) -> Iterator[Row]:
    while lines.faults:
        fault = lines.faults.pop(0)
        yield Row(fault.line, None, errors=(fault,))


def _row(number: int, text: str) -> Row:
    try:
        product = ProductRow.model_validate(decoded(text.encode()))
    except JSONDecodeError:
        return Row(number, None, errors=(RowError(number, "", "is not valid JSON"),))
    except ValidationError as invalid:
        errors = tuple(
            RowError(number, _path(fault["loc"]), fault["msg"].removeprefix("Value error, "))
            for fault in invalid.errors(include_url=False, include_input=False, include_context=False)
        )
        return Row(number, None, errors=errors)
    return Row(
        number, product.to_draft(), lines=(number,) * len(product.variants), variant_field="variants[{index}].{field}"
    )


def _path(location: tuple[int | str, ...]) -> str:
    """`variants[0].sku`, as the file has it."""
    path = ""
    for part in location:
        if part == "[key]":  # pydantic's word for a mapping's key
            continue
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path
