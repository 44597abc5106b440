"""Texts that are not ours in a mail: words, never a link."""

import re

_PART = re.compile(r"(?<=[\w-])(?::(?=\S)|@|(?<!\d)\.(?=[\w-])|\.(?=[^\W\d]))")
"""What makes an address of words: a colon, an @ or a dot right after one; not the dot of a number."""
_JOINER = "\u2060"
"""WORD JOINER: shows nothing, and ends what a mail program takes for an address."""


def plain_words(text: str) -> str:
    """The text as it reads, but no mail program makes a link of it (rules.md 37).

    Mail programs look for schemes and for names with dots or @ in them, whether or not a mail is HTML; so both are
    broken by a character that is not seen.
    """
    return _PART.sub(rf"{_JOINER}\g<0>{_JOINER}", text)
