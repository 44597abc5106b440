"""Versions as ETags, and the version that a caller expects (rules.md 9)."""

from starlette.requests import Request

from servicekit.errors import VersionMismatch412


def expected_version(request: Request) -> int | None:
    """The version in If-Match, or None when any will do; raises VersionMismatch412 for a tag that can be no version.

    A weak tag counts as well: a proxy that compresses answers weakens their tags.
    """
    tag = request.headers.get("if-match")
    if tag is None or tag == "*":
        return None
    digits = tag.removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise VersionMismatch412
    return int(digits)


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'
