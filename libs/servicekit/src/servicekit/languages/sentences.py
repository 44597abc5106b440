"""What a person reads, in the languages of the platform: every sentence of an error, a notice or a reason.

A sentence is written in English where it is used, and is its own key: `locales/<language>.json` of a package has it in
another language (ADR 0042). Which language an answer is in follows from its request's Accept-Language.
"""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from importlib import resources
from importlib.util import find_spec

import orjson

from servicekit.errors import filled
from servicekit.languages.plurals import plural_form

ENGLISH = "en"
LANGUAGES = (ENGLISH, "de", "fr", "es", "ar", "ja")
COUNTED = "counted"
"""In a sentence with a plural, the name of the value that chooses the form; the other members are CLDR's categories."""

Text = str | Mapping[str, str]
"""One text, or one for each plural form that the language has."""

_CONTENT_LANGUAGE, _VARY = b"content-language", (b"vary", b"accept-language")
_WEIGHTED = re.compile(r"\s*([A-Za-z]{1,8})[A-Za-z0-9-]*\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?")
_READ_OF_HEADER = 10


class Sentences:
    """The sentences of some packages by language; a later package wins. Immutable."""

    def __init__(self, texts: Mapping[str, Mapping[str, Text]]) -> None:
        self._texts = texts

    @classmethod
    @cache
    def of(cls, *packages: str) -> "Sentences":
        """Read the `locales` of these packages; one that is not there, or a single module, has none."""
        files = [texts_of(package) for package in packages if _is_package(package)]
        return cls({language: {k: v for file in files for k, v in file[language].items()} for language in LANGUAGES})

    def text(self, language: str, sentence: str, values: Mapping[str, object]) -> str:
        """The sentence in this language, else in English, with `{name}` replaced by the value of that name."""
        found = self._texts.get(language, {}).get(sentence, sentence)
        if not isinstance(found, str):
            count = int(str(values[found[COUNTED]]))
            found = found[plural_form(language, count)]
        return filled(found, values)


def _is_package(name: str) -> bool:
    spec = find_spec(name)
    return spec is not None and spec.submodule_search_locations is not None


def texts_of(package: str) -> dict[str, dict[str, Text]]:
    """What the files of one package have, by language and English sentence."""
    folder = resources.files(package) / "locales"
    files = {language: folder / f"{language}.json" for language in LANGUAGES}
    return {language: orjson.loads(file.read_bytes()) if file.is_file() else {} for language, file in files.items()}


class Translator:
    """Translates what one request is answered, into the best language that its Accept-Language names."""

    __slots__ = ("_accepted", "_language", "_sentences", "is_used")

    def __init__(self, sentences: Sentences, accepted: str | None) -> None:
        self._sentences, self._accepted = sentences, accepted
        self._language: str | None = None
        self.is_used = False

    @property
    def language(self) -> str:
        """The language of the answer; judged when the first sentence is needed."""
        if self._language is None:
            self._language = best_language(self._accepted)
        return self._language

    def text(self, sentence: str, values: Mapping[str, object]) -> str:
        """The sentence as it is answered."""
        self.is_used = True
        return self._sentences.text(self.language, sentence, values)

    def complete(self, headers: list[tuple[bytes, bytes]]) -> None:
        """Name the language in an answer's headers, and that it was chosen; without a sentence nothing is added."""
        if not self.is_used:
            return
        if not any(name == _CONTENT_LANGUAGE for name, _ in headers):
            headers.append((_CONTENT_LANGUAGE, self.language.encode()))
        headers.append(_VARY)


CURRENT: ContextVar[Translator | None] = ContextVar("translator", default=None)
"""Of the request that is answered; None outside of one, where everything is English."""


def translated(sentence: str, /, **values: object) -> str:
    """A sentence for the answer of this request, `{name}` replaced by the value of that name."""
    translator = CURRENT.get()
    return filled(sentence, values) if translator is None else translator.text(sentence, values)


def content_language() -> dict[str, str]:
    """Content-Language for an answer that holds sentences; empty for one without, and outside of a request."""
    translator = CURRENT.get()
    return {"Content-Language": translator.language} if translator is not None and translator.is_used else {}


def best_language(header: str | None) -> str:
    """The language of ours that Accept-Language prefers, else English (RFC 9110 §12.5.4)."""
    wanted = [_WEIGHTED.fullmatch(part) for part in (header or "").split(",")[:_READ_OF_HEADER]]
    weighted = [(float(found[2] or 1), found[1].lower()) for found in wanted if found]
    known = [(weight, language) for weight, language in weighted if weight > 0 and language in LANGUAGES]
    return max(known, key=lambda pair: pair[0])[1] if known else ENGLISH
