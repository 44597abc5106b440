"""Which form of its plural a language uses for a number: CLDR's cardinal rules for the languages of the platform."""

from collections.abc import Callable, Mapping


def _one_or_other(count: int) -> str:
    return "one" if count == 1 else "other"


def _french(count: int) -> str:
    return "one" if count in (0, 1) else "other"


def _arabic(count: int) -> str:
    if count <= 2:
        return ("zero", "one", "two")[count]
    rest = count % 100
    if 3 <= rest <= 10:
        return "few"
    return "many" if rest >= 11 else "other"


def _japanese(_: int) -> str:
    return "other"


_FORMS: Mapping[str, Callable[[int], str]] = {
    "en": _one_or_other,
    "de": _one_or_other,
    "es": _one_or_other,
    "fr": _french,
    "ar": _arabic,
    "ja": _japanese,
}


def plural_form(language: str, count: int) -> str:
    """The CLDR category (one, few, other, …) of a number from 0 to 999,999: where millions have none of their own."""
    return _FORMS[language](count)
