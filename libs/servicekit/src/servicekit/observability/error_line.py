"""Errors in one line, for what is kept or sent on: a header, a job's record."""

from pydantic import ValidationError

from servicekit.observability.logging import redact

MAX_LENGTH = 500


def error_line(error: BaseException) -> str:
    """An error in one bounded line with its kind, without personal data (rules.md 35).

    Of a validation error only the fields are named, of a database error not its DETAIL line, which quotes values, of a
    group the first of its errors.
    """
    if isinstance(error, BaseExceptionGroup):
        return f"{len(error.exceptions)} at once, such as {error_line(error.exceptions[0])}"[:MAX_LENGTH]
    if isinstance(error, ValidationError):
        places = (".".join(map(str, part["loc"])) or "body" for part in error.errors(include_input=False))
        text = f"does not fit at {', '.join(places)}"
    else:
        text = str(error).partition("\n")[0]
    redacted: str = redact(None, "", {"error": text})["error"]
    return f"{type(error).__name__}: {redacted}"[:MAX_LENGTH]
