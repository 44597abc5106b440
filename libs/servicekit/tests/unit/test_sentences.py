"""The reader's language."""

import pytest
from servicekit.errors import NotFound404
from servicekit.languages.sentences import COUNTED, Sentences, best_language, translated

from ..notes import notes_app, notes_client

WORDS = Sentences(
    {
        "de": {"Gone, {name}.": "Weg, {name}."},
        "es": {"Only {left}.": {COUNTED: "left", "one": "Solo queda una.", "other": "Solo quedan {left}."}},
    }
)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("de", "de"),
        ("de-AT", "de"),
        ("zh, fr-CA;q=0.5", "fr"),
        ("de;q=0.3, es ; q=0.9", "es"),
        ("de;q=0", "en"),
        ("de;q=nonsense, ja", "ja"),
        ("*", "en"),
        ("AR", "ar"),
        ("\x00\xff, de", "de"),
        (",".join(["zh"] * 10 + ["de"]), "en"),
    ],
)
def test_the_best_language_is_chosen(header: str | None, language: str) -> None:
    """By weight; English when nothing else fits, and of a long header only the beginning is read."""
    assert best_language(header) == language


def test_values_are_filled_in() -> None:
    """In a translation and in English alike; what is no value of ours stays as it is."""
    assert WORDS.text("de", "Gone, {name}.", {"name": "Ada"}) == "Weg, Ada."
    assert WORDS.text("fr", "Gone, {name}.", {"name": "{name}"}) == "Gone, {name}."
    assert WORDS.text("de", "No {other} {0.__class__}.", {"name": "Ada"}) == "No {other} {0.__class__}."


@pytest.mark.parametrize(("left", "text"), [(1, "Solo queda una."), (3, "Solo quedan 3.")])
def test_a_count_chooses_the_plural(left: int, text: str) -> None:
    """By the rules of the language."""
    assert WORDS.text("es", "Only {left}.", {"left": left}) == text


def test_outside_of_a_request_everything_is_english() -> None:
    """In jobs, in messages and on the command line."""
    assert translated("Check the address.") == "Check the address."


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar", "ja"])
async def test_an_answer_names_its_language(language: str) -> None:
    """And that it was chosen, for caches; detail and action are both in it."""
    async with notes_client(notes_app()) as client:
        answer = await client.get("/missing", headers={"accept-language": f"{language}-x, en;q=0.1"})

    words = Sentences.of("servicekit")
    assert answer.json()["detail"] == words.text(language, NotFound404.sentence, {})
    assert answer.json()["action"] == words.text(language, NotFound404.action, {})
    assert answer.headers["content-language"] == language
    assert "accept-language" in answer.headers["vary"]


async def test_an_answer_without_sentences_names_none() -> None:
    """What depends on no language may be cached for all."""
    async with notes_client(notes_app()) as client:
        answer = await client.get("/versions", headers={"accept-language": "de"})

    assert "content-language" not in answer.headers
    assert "vary" not in answer.headers
