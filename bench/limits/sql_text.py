"""SQL with its arguments written in, for pgbench, which has no other way to give them."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

_PARAMETER = re.compile(r"\$(\d+)(::\w+\[\])?")
_CONSTANT = re.compile(r"'([^']*)'")


def with_arguments(sql: str, args: Sequence[object], instead: Mapping[int, str]) -> str:
    """The statement with each `$n` replaced by its argument, or by the SQL that `instead` has for it (from 1).

    Colons inside constants are escaped: pgbench would take what follows one for a variable.
    """

    def value(match: re.Match[str]) -> str:
        position, array_type = int(match[1]), match[2] or ""
        text = instead.get(position)
        return (text if text is not None else literal(args[position - 1], is_array=bool(array_type))) + array_type

    plain = _CONSTANT.sub(lambda match: _quoted(match[1]) if ":" in match[1] else match[0], sql)
    return " ".join(_PARAMETER.sub(value, plain).split())


def literal(value: object, *, is_array: bool = False) -> str:
    """A value as an SQL constant; a list is JSON unless it is an array."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, list) and is_array:
        return f"ARRAY[{', '.join(literal(part) for part in value)}]"
    return _quoted(str(value) if isinstance(value, datetime | UUID | str) else json.dumps(value))


def _quoted(text: str) -> str:
    return "E'" + text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a") + "'"
