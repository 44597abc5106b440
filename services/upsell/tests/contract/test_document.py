"""The service does what its OpenAPI document says, whatever is sent to it."""

from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance
from servicekit.cli.openapi_document import openapi_of
from servicekit.ids import new_id
from servicekit.testing.conformance import Case, api_of, call, credentials, examples, open_routes
from upsell.main import SERVICE

from ..cart_service import CartService  # the tests' own folder has no name to import it by

DOCUMENT = openapi_of(SERVICE)
COMPANY = new_id()

NOT_CHECKED = (
    positive_data_acceptance,  # that a currency exists is beyond a JSON Schema
    ignored_auth,  # a guest's session without a shop is 400, not 401 (api.md)
)
GUESTS_HEADERS = {"x-company-id", "x-session-token"}
"""Beside a customer's token they count for nothing, whatever is in them."""


def headers(case: Case) -> dict[str, str]:
    """Those of a customer who has a cart, or of staff."""
    role = "admin" if case.path.startswith("/api/admin") else "customer"
    opened = credentials(case, COMPANY, roles=(role,), subject="carla")
    return {"authorization": opened["authorization"]}


api = api_of(SERVICE)
open_routes(api, headers)


@api.parametrize()
@examples(10)
def test_every_answer_is_documented(case: Case, address: str, carts: CartService) -> None:
    """No 5xx, and no status, content type or body that the document does not name."""
    carts.opens((COMPANY, "carla"))
    unread = (negative_data_rejection,) if GUESTS_HEADERS & {name.lower() for name in case.headers} else ()
    call(case, address, not_checked=(*NOT_CHECKED, *unread))


def test_routes_and_answers_are_those_of_the_api() -> None:
    """The paths and fields that clients rely on (api.md)."""
    assert {path for path in DOCUMENT["paths"] if path.startswith("/api/cart")} == {
        "/api/cart/upsells",
        "/api/cart/upsells/{product_id}/add",
        "/api/cart/upsells/{product_id}/dismiss",
    }
    schemas = DOCUMENT["components"]["schemas"]
    assert set(schemas["OffersView"]["properties"]) == {"basis", "items", "degraded"}
    assert set(schemas["OfferView"]["properties"]) == {
        "productId",
        "variantId",
        "title",
        "imageUrl",
        "price",
        "currency",
    }
