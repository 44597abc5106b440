"""The shopper's language."""

import pytest
from contracts.errors import ErrorCode
from servicekit import errors
from servicekit.http.sentences import GERMAN, SHARED, merged, sentence_in

GERMAN_TEXT = GERMAN[ErrorCode.NOT_FOUND]


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (None, "English"),
        ("", "English"),
        ("de", GERMAN_TEXT),
        ("de-AT", GERMAN_TEXT),
        ("fr, de;q=0.5", GERMAN_TEXT),
        ("de;q=0.3, en;q=0.9", "English"),
        ("de;q=0", "English"),
        ("de;q=nonsense, en", "English"),
        ("*", "English"),
    ],
)
def test_the_best_language_is_chosen(header: str | None, text: str) -> None:
    """By weight; English when nothing else fits."""
    assert sentence_in(header, ErrorCode.NOT_FOUND, "English", SHARED) == text


def test_every_shared_error_speaks_german() -> None:
    """A sentence that is forgotten would show up in English in the middle of a German shop."""
    codes = {kind.code for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "code")}

    assert codes <= GERMAN.keys()


def test_a_service_adds_its_own_sentences() -> None:
    """Its own words win over the chassis's."""
    table = merged(SHARED, {"de": {ErrorCode.NOT_FOUND: "Weg."}, "fr": {ErrorCode.NOT_FOUND: "Disparu."}})

    assert table["de"][ErrorCode.NOT_FOUND] == "Weg."
    assert table["de"][ErrorCode.CONFLICT] == GERMAN[ErrorCode.CONFLICT]
    assert table["fr"][ErrorCode.NOT_FOUND] == "Disparu."
