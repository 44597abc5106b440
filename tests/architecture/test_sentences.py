"""Every sentence that a person reads is there in every language, whole, and none that nobody uses."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from babel import Locale
from manifests.reading import load_manifests
from servicekit.cli import sentences_document
from servicekit.cli.sentences_document import Occurrence, occurrences
from servicekit.languages.plurals import plural_form
from servicekit.languages.sentences import COUNTED, ENGLISH, LANGUAGES, Text, texts_of

from .modules import ROOT

SERVICES = [manifest.name for manifest in load_manifests(ROOT)]
PACKAGES = ("servicekit", *SERVICES)
USED = occurrences(SERVICES)
ARABIC, JAPANESE = re.compile(r"[\u0600-\u06ff]"), re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")

Texts = Mapping[str, Mapping[str, Text]]


def faults(used: Iterator[str] | list[str], texts: Texts) -> list[str]:
    """What is wrong with the translations of one package's sentences."""
    sentences = set(used)
    found = [
        f"{language}: {why}: {sentence}"
        for language in LANGUAGES
        for sentence, why in _of_language(language, sentences, texts[language])
    ]
    return sorted(found)


def _of_language(language: str, sentences: set[str], there: Mapping[str, Text]) -> Iterator[tuple[str, str]]:
    if language != ENGLISH:
        yield from ((sentence, "is missing") for sentence in sentences - there.keys())
    yield from ((sentence, "is used by nothing") for sentence in there.keys() - sentences)
    for sentence, text in there.items():
        forms = {"": text} if isinstance(text, str) else {k: v for k, v in text.items() if k != COUNTED}
        if not isinstance(text, str) and forms.keys() != _forms_of(language):
            yield sentence, f"has the forms {', '.join(forms)}"
        for form, words in forms.items():
            if not _names(words) <= _names(sentence) or (form in ("", "other") and _names(words) != _names(sentence)):
                yield sentence, "has other values"
            if not words.strip() or (language in _SCRIPTS and not _SCRIPTS[language].search(words)):
                yield sentence, "is not in its script"
            if language != ENGLISH and words == sentence:
                yield sentence, "is not translated"


_SCRIPTS = {"ar": ARABIC, "ja": JAPANESE}


def _forms_of(language: str) -> set[str]:
    return {plural_form(language, count) for count in range(200)}


def _names(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_sentence_is_there_in_every_language(package: str) -> None:
    """A new code, notice or reason comes with its sentences; one that is gone takes them along."""
    assert faults([one.sentence for one in USED if one.package == package], texts_of(package)) == []


def _without(text: Text | None, language: str = "de") -> Callable[[], Texts]:
    good: dict[str, Text] = {"de": "Nur {left}.", "fr": "Que {left}.", "es": "Solo {left}.", "ar": "{left} فقط."}
    changed: Mapping[str, Text | None] = {**good, "ja": "残り {left} 点。", language: text}
    return lambda: {
        ENGLISH: {},
        **{name: {} if value is None else {"Only {left}.": value} for name, value in changed.items()},
    }


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (_without("Nur {left}."), []),
        (_without(None), ["de: is missing: Only {left}."]),
        (_without("Nur {rest}."), ["de: has other values: Only {left}."]),
        (_without("Only {left}."), ["de: is not translated: Only {left}."]),
        (_without("Only {left} 1", "ja"), ["ja: is not in its script: Only {left}."]),
        (_without({COUNTED: "left", "one": "Una.", "other": "Solo {left}."}, "es"), []),
        (_without({COUNTED: "left", "other": "Solo {left}."}, "es"), ["es: has the forms other: Only {left}."]),
    ],
)
def test_what_is_wrong_with_a_translation_is_found(texts: Callable[[], Texts], found: list[str]) -> None:
    """Each fault that the test above looks for, once."""
    assert faults(["Only {left}."], texts()) == found


def test_a_sentence_that_nobody_uses_is_found() -> None:
    """It would be proofread for ever."""
    assert faults([], _without(None)()) == faults([], {name: {} for name in LANGUAGES}) + [
        f"{language}: is used by nothing: Only {{left}}." for language in ("ar", "es", "fr", "ja")
    ]


def test_a_sentence_that_is_put_together_is_found(tmp_path: Path) -> None:
    """Its parts could not be translated; what is written as one text is."""
    file = tmp_path / "use_case.py"

    file.write_text('raise Gone("Only {left}.", left=left)\ntranslated("Nothing.")')
    assert sorted(sentences_document._written(file, frozenset({"Gone"}))) == [
        ("Nothing.", "use_case"),
        ("Only {left}.", "Gone"),
    ]
    file.write_text('raise Gone(f"Only {left}.")')
    with pytest.raises(ValueError, match="by name"):
        list(sentences_document._written(file, frozenset({"Gone"})))


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_are_those_of_cldr(language: str) -> None:
    """As Babel has them, which no service needs for this."""
    rule = Locale.parse(language).plural_form

    assert [plural_form(language, count) for count in range(1200)] == [rule(count) for count in range(1200)]


def test_the_document_is_the_one_of_the_code() -> None:
    """What is proofread is what is answered."""
    assert (ROOT / "docs/sentences.md").read_text() == sentences_document.sentences_document(SERVICES)
    assert Occurrence("cart", "Only {available} left in stock.", "InsufficientStock") in USED
