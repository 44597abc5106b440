"""An error code means one thing: it has one status, in every service, and is documented."""

from collections import defaultdict
from collections.abc import Iterable

from manifests.reading import load_manifests
from servicekit.cli.errors_document import errors_document, errors_of
from servicekit.errors import NotFound404, ServiceError

from .modules import ROOT

PUBLISHED = {
    "ADDRESS_TOO_LONG": 414,
    "BAD_REQUEST": 400,
    "BODY_TOO_LARGE": 413,
    "BUNDLE_INCOMPLETE": 409,
    "CART_CONVERTED": 409,
    "CART_EMPTY": 409,
    "CART_EXPIRED": 410,
    "CART_FROZEN": 409,
    "CART_MERGED": 409,
    "CART_NOT_FOUND": 404,
    "COMPARISON_FULL": 409,
    "CONFLICT": 409,
    "CURRENCY_MISMATCH": 409,
    "DISCOUNT_EXPIRED": 400,
    "DISCOUNT_INVALID": 400,
    "DISCOUNT_LIMIT_REACHED": 400,
    "DISCOUNT_NOT_COMBINABLE": 409,
    "FEATURE_DISABLED": 403,
    "FORBIDDEN": 403,
    "HEADERS_TOO_LARGE": 431,
    "HOLD_EXPIRED": 410,
    "HOLD_LIMIT": 409,
    "IDEMPOTENCY_IN_PROGRESS": 409,
    "IDEMPOTENT_ANSWER_TOO_LARGE": 422,
    "IDEMPOTENCY_KEY_REUSED": 422,
    "INSUFFICIENT_STOCK": 409,
    "FENCE_PASSED": 409,
    "INVENTORY_HOLD_FAILED": 409,
    "ITEM_NOT_FOUND": 404,
    "ITEM_OUT_OF_STOCK": 400,
    "MAINTENANCE": 503,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_FOUND": 404,
    "PRODUCT_NOT_FOUND": 404,
    "PRODUCT_UNAVAILABLE": 409,
    "QUANTITY_LIMIT": 422,
    "RATE_LIMITED": 429,
    "RECOVERY_TOKEN_EXPIRED": 410,
    "RECOVERY_TOKEN_INVALID": 400,
    "SERVICE_UNAVAILABLE": 503,
    "SHIPPING_OPTION_UNAVAILABLE": 409,
    "SIZE_REQUIRED": 422,
    "UNAUTHENTICATED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "VALIDATION_FAILED": 422,
    "VERSION_MISMATCH": 412,
    "WISHLIST_FULL": 409,
}
"""What clients rely on (api.md, "Error codes"): a code comes here with the service that answers it, and stays."""

ERRORS = errors_of([manifest.name for manifest in load_manifests(ROOT)])


def statuses(errors: Iterable[type[ServiceError]]) -> dict[str, set[int]]:
    """The statuses of each code."""
    found: dict[str, set[int]] = defaultdict(set)
    for error in errors:
        found[str(error.code)].add(error.status)
    return found


def test_every_code_has_the_one_status_that_clients_rely_on() -> None:
    """Over all services: nobody gives a code another status, invents one, or drops one."""
    assert statuses(ERRORS) == {code: {status} for code, status in PUBLISHED.items()}


def test_a_second_status_is_found() -> None:
    """What the test above would say of a service that answered NOT_FOUND with 410."""
    gone = type("Gone410", (NotFound404,), {"status": 410})

    assert statuses([NotFound404, gone])["NOT_FOUND"] == {404, 410}


def test_every_code_is_documented() -> None:
    """The committed document is the one that the code makes, and names every code."""
    document = (ROOT / "docs/errors.md").read_text()

    assert document == errors_document(ERRORS)
    assert all(f"| {code} | {status} |" in document for code, status in PUBLISHED.items())
