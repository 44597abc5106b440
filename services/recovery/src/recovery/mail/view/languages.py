"""The languages of mails and pages: one JSON file each in `locales/`, and Babel for amounts, dates and direction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format

FALLBACK = "en"
_PACKAGE = "recovery.mail"


@dataclass(frozen=True, slots=True)
class Language:
    """The sentences of one language, and the regional form that numbers and dates take."""

    tag: str
    locale: Locale
    sentences: Mapping[str, str]
    steps: tuple[Mapping[str, str], ...]

    @property
    def code(self) -> str:
        """The language without its region."""
        return self.tag.split("-")[0].lower()

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """Which way it is written, for `dir`."""
        return "rtl" if self.locale.text_direction == "rtl" else "ltr"

    def text(self, name: str, **values: object) -> str:
        """The sentence of that name with its values filled in. A name that no file has is a fault: KeyError."""
        return fill(self.sentences[name], values)

    def step(self, position: int) -> Mapping[str, str]:
        """The stock subject, preheader and intro of a step counted from 1; steps past the last share the last's."""
        return self.steps[min(position, len(self.steps)) - 1]

    def moment(self, at: datetime, timezone: str) -> str:
        """A date and the time to the minute as people there write them; UTC for a zone that does not exist."""
        local = at.astimezone(_zone(timezone))
        date, clock = format_date(local, "long", self.locale), format_time(local, "short", locale=self.locale)
        pattern = str(get_datetime_format("long", self.locale)).replace("'", "")
        return pattern.replace("{0}", clock).replace("{1}", date)


def fill(text: str, values: Mapping[str, object]) -> str:
    """Replace `{name}` by the value of that name; every other brace stays, because merchants write these texts."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def language(*tags: str | None) -> Language:
    """The first of these BCP 47 tags (such as `de-AT`) whose language there is a file for, else English."""
    for tag in tags:
        if tag and (found := _language(tag.replace("_", "-"))):
            return found
    found = _language(FALLBACK)
    assert found is not None, "the fallback's file is part of the package"  # noqa: S101  # narrows for the checker
    return found


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a file, in order."""
    folder = resources.files(_PACKAGE) / "locales"
    return tuple(sorted(file.name.removesuffix(".json") for file in folder.iterdir() if file.name.endswith(".json")))


@cache
def _file(code: str) -> tuple[Mapping[str, str], tuple[Mapping[str, str], ...]]:
    content = json.loads((resources.files(_PACKAGE) / "locales" / f"{code}.json").read_text(encoding="utf-8"))
    return content["sentences"], tuple(content["steps"])


def _language(tag: str) -> Language | None:
    code = tag.split("-", maxsplit=1)[0].lower()
    if code not in languages():
        return None
    sentences, steps = _file(code)
    return Language(tag, _locale(tag, code), sentences, steps)


def _locale(tag: str, code: str) -> Locale:
    try:
        return Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale.parse(code)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
