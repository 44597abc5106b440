"""The shopper's sentences in other languages than English; a service adds those of its own codes at its start."""

from collections.abc import Mapping

from contracts.errors import ErrorCode

Sentences = Mapping[str, Mapping[ErrorCode, str]]
"""By language ("de"), then by code; English is on the error classes themselves."""

GERMAN: Mapping[ErrorCode, str] = {
    ErrorCode.BAD_REQUEST: "Die Anfrage konnte nicht gelesen werden.",
    ErrorCode.UNAUTHENTICATED: "Bitte melden Sie sich an.",
    ErrorCode.FORBIDDEN: "Das ist Ihnen nicht erlaubt.",
    ErrorCode.FEATURE_DISABLED: "Diese Funktion ist in diesem Shop abgeschaltet.",
    ErrorCode.NOT_FOUND: "Das gibt es nicht.",
    ErrorCode.METHOD_NOT_ALLOWED: "Das ist hier nicht möglich.",
    ErrorCode.CONFLICT: "Das wird gerade von jemand anderem geändert.",
    ErrorCode.IDEMPOTENCY_IN_PROGRESS: "Diese Anfrage wird bereits bearbeitet.",
    ErrorCode.IDEMPOTENCY_KEY_REUSED: "Diese Anfrage wurde bereits für etwas anderes verwendet.",
    ErrorCode.VERSION_MISMATCH: "Das wurde inzwischen geändert.",
    ErrorCode.BODY_TOO_LARGE: "Die Anfrage ist zu groß.",
    ErrorCode.UNSUPPORTED_MEDIA_TYPE: "Dieses Format wird hier nicht verstanden.",
    ErrorCode.VALIDATION_FAILED: "Einige Angaben sind nicht gültig.",
    ErrorCode.RATE_LIMITED: "Zu viele Anfragen. Bitte warten Sie einen Moment.",
    ErrorCode.SERVICE_UNAVAILABLE: "Das ist gerade nicht verfügbar. Bitte versuchen Sie es gleich noch einmal.",
}

SHARED: Sentences = {"de": GERMAN}


def merged(*parts: Sentences) -> Sentences:
    """One table of several; a later part wins."""
    languages = {language for part in parts for language in part}
    return {
        language: {code: text for part in parts for code, text in part.get(language, {}).items()}
        for language in languages
    }


def sentence_in(header: str | None, code: ErrorCode, english: str, sentences: Sentences) -> str:
    """The code's sentence in the best language that Accept-Language names, else in English (RFC 9110 §12.5.4)."""
    for language in _languages(header):
        if language == "en":
            break
        if text := sentences.get(language, {}).get(code):
            return text
    return english


def _languages(header: str | None) -> list[str]:
    """Primary subtags, best first; an unreadable weight counts as 0."""
    weighted = []
    for part in (header or "").split(",")[:10]:
        tag, _, weight = part.strip().partition(";q=")
        weighted.append((_weight(weight), tag.split("-")[0].strip().lower()))
    return [tag for weight, tag in sorted(weighted, key=lambda pair: -pair[0]) if tag and weight > 0]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
