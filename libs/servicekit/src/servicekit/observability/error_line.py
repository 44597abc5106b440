"""Errors as text, for what is kept or sent on: a header, a job's record, a log line, a report (rules.md 35)."""

from collections.abc import Iterator
from traceback import format_tb

from pydantic import ValidationError

from servicekit.observability.redaction import redact

MAX_LENGTH = 500
_SHOWN_OF_GROUP = 3


def error_line(error: BaseException) -> str:
    """An error in one bounded line with its kind, without personal data.

    Of a validation error only the fields are named, of a database error not its DETAIL line, which quotes values, of a
    group the first of its errors.
    """
    if isinstance(error, BaseExceptionGroup):
        return f"{len(error.exceptions)} at once, such as {error_line(error.exceptions[0])}"[:MAX_LENGTH]
    if isinstance(error, ValidationError):
        places = (".".join(map(str, part["loc"])) or "body" for part in error.errors(include_input=False))
        text = f"does not fit at {', '.join(places)}"
    else:
        text = str(error)
    return f"{type(error).__name__}: {first_line(text)}"[:MAX_LENGTH]


def first_line(text: str) -> str:
    """The first line of an error's text, addresses and tokens blanked: values are quoted in those that follow."""
    redacted: str = redact(None, "", {"error": text.partition("\n")[0]})["error"]
    return redacted


def traceback_lines(error: BaseException | None) -> Iterator[str]:
    """The calls that led to an error, after those that led to what caused it; each error itself in one line."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for link in reversed(chain):
        yield from (call.rstrip("\n") for call in format_tb(link.__traceback__))
        yield error_line(link)
        if isinstance(link, BaseExceptionGroup):
            for inner in link.exceptions[:_SHOWN_OF_GROUP]:
                yield from traceback_lines(inner)
