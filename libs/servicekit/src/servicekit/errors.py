"""The one base of every error that a client may see, and the ones that all services share.

A subclass fixes the status, the code and the shopper's sentence; an instance adds what is special about
this time. `servicekit.http.problems` turns it into an RFC 9457 document; nothing else decides a status.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, ClassVar

PROBLEM_JSON = "application/problem+json"
"""The media type of every refusal (RFC 9457 §3)."""

_PLACE = re.compile(r"\{([A-Za-z]+)\}")


def filled(sentence: str, values: Mapping[str, object]) -> str:
    """The sentence with `{name}` replaced by the value of that name; every other brace stays."""
    return _PLACE.sub(lambda place: str(values.get(place[1], place[0])), sentence)


class ServiceError(Exception):
    """Refuse a request with a problem document; raise it anywhere below a route.

    `detail` replaces the sentence when this occurrence has more to say; it is written out where it is raised, because
    it is translated by its text. `extra` holds further members of the document (`available`, `lines`, `errors`),
    camelCase keys and JSON values only; `{name}` in detail, sentence and action is filled from it. `headers` are sent
    along, such as Retry-After.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str]
    """What clients may switch on: it never changes its status (docs/errors.md)."""
    sentence: ClassVar[str]
    """What a shopper may read, in English; other languages are in `locales` (`servicekit.languages.sentences`)."""
    action: ClassVar[str] = "Check the request and send it again."
    """What the caller can do about it."""

    def __init__(self, detail: str | None = None, *, headers: Mapping[str, str] | None = None, **extra: object) -> None:
        super().__init__(filled(detail or self.sentence, extra))
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = extra


class BadRequest400(ServiceError):
    """The request cannot be read at all, such as malformed JSON."""

    status, code = 400, "BAD_REQUEST"
    sentence = "The request could not be read."


class MissingCompany400(ServiceError):
    """A guest's route without a company header that is a UUID (api.md: 400)."""

    status, code = 400, "BAD_REQUEST"
    sentence = "The request does not say which shop it is for."
    action = "Send the header x-company-id with the company's id."


class Unauthenticated401(ServiceError):
    """No credential, or one that does not verify; the reason is logged, never answered."""

    status, code = 401, "UNAUTHENTICATED"
    sentence = "Please sign in."
    action = "Send a valid credential."

    def __init__(self, detail: str | None = None, *, headers: Mapping[str, str] | None = None, **extra: object) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer", **(headers or {})}, **extra)


class Forbidden403(ServiceError):
    """The credential is good, and not enough for this."""

    status, code = 403, "FORBIDDEN"
    sentence = "You are not allowed to do this."
    action = "Use a credential with the role or scope that this needs."


class FeatureDisabled403(ServiceError):
    """A write to a feature that is switched off for this company."""

    status, code = 403, "FEATURE_DISABLED"
    sentence = "This feature is switched off for this shop."
    action = "Ask the shop to switch the feature on."


class NotFound404(ServiceError):
    """Nothing there, or another tenant's: the two are answered alike (rules.md 34)."""

    status, code = 404, "NOT_FOUND"
    sentence = "This does not exist."
    action = "Check the address."


class MethodNotAllowed405(ServiceError):
    """The address exists, the method does not."""

    status, code = 405, "METHOD_NOT_ALLOWED"
    sentence = "This cannot be done here."
    action = "Use one of the methods named by the Allow header."


class Conflict409(ServiceError):
    """Someone else is changing the same thing at this moment."""

    status, code = 409, "CONFLICT"
    sentence = "Somebody else is changing this right now."
    action = "Try again."


class LostRaces409(Conflict409):
    """Others kept being faster until this gave up; nothing was written.

    It says nothing of the request, so it is never kept as the answer under an Idempotency-Key (rules.md 10).
    """


class IdempotencyInProgress409(ServiceError):
    """The first call with this Idempotency-Key has not finished within 2 seconds (rules.md 10)."""

    status, code = 409, "IDEMPOTENCY_IN_PROGRESS"
    sentence = "This request is already being worked on."
    action = "Send the same request with the same Idempotency-Key again in a moment."


class VersionMismatch412(ServiceError):
    """If-Match names a version that is no longer the current one; nothing was changed (rules.md 9)."""

    status, code = 412, "VERSION_MISMATCH"
    sentence = "This has been changed in the meantime."
    action = "Read it again and repeat the change with the new ETag."


class BodyTooLarge413(ServiceError):
    """The body is above the route's limit."""

    status, code = 413, "BODY_TOO_LARGE"
    sentence = "The request is too large."
    action = "Send less at once."


class AddressTooLong414(ServiceError):
    """The address with its query is above what is read; the gateway answers it."""

    status, code = 414, "ADDRESS_TOO_LONG"
    sentence = "The address is too long."
    action = "Send less in the address."


class UnsupportedMediaType415(ServiceError):
    """A body in a format that this route does not read."""

    status, code = 415, "UNSUPPORTED_MEDIA_TYPE"
    sentence = "The request is in a format that is not understood here."
    action = "Send one of the content types that the API's description names."


class ValidationFailed422(ServiceError):
    """The body or a parameter does not fit; `errors` names each field."""

    status, code = 422, "VALIDATION_FAILED"
    sentence = "Some of the details are not valid."
    action = "Correct the fields named in errors."

    @classmethod
    def of(cls, field: str, message: str) -> "ValidationFailed422":
        """The error for one field."""
        return cls(errors=[{"field": field, "message": message}])


class IdempotencyKeyReused422(ServiceError):
    """The Idempotency-Key was first used with another request (rules.md 10)."""

    status, code = 422, "IDEMPOTENCY_KEY_REUSED"
    sentence = "This request was already used for something else."
    action = "Use a new Idempotency-Key for a new request."


class AnswerTooLarge422(ServiceError):
    """The answer is too large to be kept under an Idempotency-Key; nothing was changed (rules.md 10)."""

    status, code = 422, "IDEMPOTENT_ANSWER_TOO_LARGE"
    sentence = "This is too large to be done in one go."
    action = "Send it without an Idempotency-Key, or change less at once."


class RateLimited429(ServiceError):
    """More requests than the limit allows; Retry-After says when to come back, in seconds."""

    status, code = 429, "RATE_LIMITED"
    sentence = "Too many requests. Please wait a moment."
    action = "Wait for the seconds that Retry-After names."


class HeadersTooLarge431(ServiceError):
    """A header, or all of them, are above what is read; the gateway answers it."""

    status, code = 431, "HEADERS_TOO_LARGE"
    sentence = "The headers are too large."
    action = "Send fewer and shorter headers."


class ServiceUnavailable503(ServiceError):
    """Something that this needs is away; nothing was changed."""

    status, code = 503, "SERVICE_UNAVAILABLE"
    sentence = "This is not available right now. Please try again in a moment."
    action = "Try again in a moment."

    def __init__(self, detail: str | None = None, *, headers: Mapping[str, str] | None = None, **extra: object) -> None:
        super().__init__(detail, headers={"Retry-After": "2", **(headers or {})}, **extra)


class Maintenance503(ServiceError):
    """The platform takes no changes for a while; nothing was changed, and reads are answered."""

    status, code = 503, "MAINTENANCE"
    sentence = "The shop is being worked on. Your cart is safe; please try again in a few minutes."
    action = "Try again when Retry-After says; reads are answered meanwhile."


SHARED_CODES = frozenset(error.code for error in ServiceError.__subclasses__())
"""The codes above, which any service may answer."""


Responses = dict[int | str, dict[str, Any]]
"""What a route of FastAPI takes as `responses=`: by status, a part of its OpenAPI document."""


def problems(*errors: type[ServiceError]) -> Responses:
    """What a route's `responses=` says of the errors that it may answer with, grouped by status."""
    by_status: dict[int, dict[str, str]] = defaultdict(dict)
    for error in errors:
        by_status[error.status][error.code] = error.sentence
    return {
        status: {
            "description": "; ".join(f"{code}: {sentence}" for code, sentence in codes.items()),
            "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, codes in sorted(by_status.items())
    }
