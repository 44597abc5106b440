"""The shopper's language."""

import pytest
from servicekit import errors
from servicekit.http.sentences import GERMAN, SHARED, merged, sentence_in

GERMAN_TEXT = GERMAN[errors.NotFound404.code]


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
    assert sentence_in(header, errors.NotFound404.code, "English", SHARED) == text


def test_every_shared_error_speaks_german() -> None:
    """A sentence that is forgotten would show up in English in the middle of a German shop."""
    codes = {kind.code for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "code")}

    assert codes <= GERMAN.keys()


def test_a_service_adds_its_own_sentences() -> None:
    """Its own words win over the chassis's."""
    table = merged(SHARED, {"de": {errors.NotFound404.code: "Weg."}, "fr": {errors.NotFound404.code: "Disparu."}})

    assert table["de"][errors.NotFound404.code] == "Weg."
    assert table["de"][errors.Conflict409.code] == GERMAN[errors.Conflict409.code]
    assert table["fr"][errors.NotFound404.code] == "Disparu."
