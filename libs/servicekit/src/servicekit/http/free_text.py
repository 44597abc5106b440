"""What free text may hold: no control characters, so that it can change no mail, log or page it is put into.

Refused are the control characters of ASCII and Latin-1 (line breaks among them), the line and paragraph separators,
and the marks that turn the direction of writing around (rules.md 37).
"""

import re

CONTROLS = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
"""Them, within the brackets of a pattern that says more; pydantic's engine, Python's and JSON Schema's read it."""

FREE_TEXT = rf"^[^{CONTROLS}]*$"
"""The pattern of a text without them."""

_IN_JSON = re.compile(
    rb"(?<!\\)(?:\\\\)*\\(?:u00[01]|[bfnrt])"  # escaped, as JSON has to
    rb"|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]"  # as they are, in UTF-8
)


def holds_control_character(json: bytes) -> bool:
    """Whether any text in this JSON document, a key or a value, holds one; the document is orjson's, in UTF-8."""
    return _IN_JSON.search(json) is not None
