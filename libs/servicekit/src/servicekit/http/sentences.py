"""The shopper's sentences in other languages than English; a service adds those of its own codes at its start."""

from collections.abc import Mapping

from servicekit import errors

Sentences = Mapping[str, Mapping[str, str]]
"""By language ("de"), then by code; English is on the error classes themselves."""

GERMAN: Mapping[str, str] = {
    errors.BadRequest400.code: "Die Anfrage konnte nicht gelesen werden.",
    errors.Unauthenticated401.code: "Bitte melden Sie sich an.",
    errors.Forbidden403.code: "Das ist Ihnen nicht erlaubt.",
    errors.FeatureDisabled403.code: "Diese Funktion ist in diesem Shop abgeschaltet.",
    errors.NotFound404.code: "Das gibt es nicht.",
    errors.MethodNotAllowed405.code: "Das ist hier nicht möglich.",
    errors.Conflict409.code: "Das wird gerade von jemand anderem geändert.",
    errors.IdempotencyInProgress409.code: "Diese Anfrage wird bereits bearbeitet.",
    errors.IdempotencyKeyReused422.code: "Diese Anfrage wurde bereits für etwas anderes verwendet.",
    errors.AnswerTooLarge422.code: "Das ist zu groß, um auf einmal erledigt zu werden.",
    errors.VersionMismatch412.code: "Das wurde inzwischen geändert.",
    errors.BodyTooLarge413.code: "Die Anfrage ist zu groß.",
    errors.AddressTooLong414.code: "Die Adresse ist zu lang.",
    errors.UnsupportedMediaType415.code: "Dieses Format wird hier nicht verstanden.",
    errors.ValidationFailed422.code: "Einige Angaben sind nicht gültig.",
    errors.RateLimited429.code: "Zu viele Anfragen. Bitte warten Sie einen Moment.",
    errors.HeadersTooLarge431.code: "Die Kopfzeilen sind zu lang.",
    errors.Maintenance503.code: "Am Shop wird gearbeitet. Ihr Warenkorb ist sicher, bitte versuchen Sie es später.",
    errors.ServiceUnavailable503.code: "Das ist gerade nicht verfügbar. Bitte versuchen Sie es gleich noch einmal.",
}

SHARED: Sentences = {"de": GERMAN}


def merged(*parts: Sentences) -> Sentences:
    """One table of several; a later part wins."""
    languages = {language for part in parts for language in part}
    return {
        language: {code: text for part in parts for code, text in part.get(language, {}).items()}
        for language in languages
    }


def sentence_in(header: str | None, code: str, english: str, sentences: Sentences) -> str:
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
