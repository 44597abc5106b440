"""The service does what its OpenAPI document says, whatever is sent to it."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import AuthContext
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance
from servicekit.ids import new_id
from servicekit.testing import Servers, make_settings, mint_jwt
from upsell.main import create_app
from upsell.settings import Settings

from ..cart_service import CartService  # the tests' own folder has no name to import it by

NOWHERE = Servers("postgresql://nowhere", "redis://nowhere", "amqp://nowhere")
DOCUMENT = create_app(make_settings(Settings, NOWHERE, NOWHERE.postgres_url, cart_url="http://nowhere")).openapi()
COMPANY = new_id()
NOT_CHECKED = [
    positive_data_acceptance,  # that a currency exists is beyond a JSON Schema
    ignored_auth,  # a guest's session without a shop is 400, not 401 (api.md)
]
GUESTS_HEADERS = {"x-company-id", "x-session-token"}
"""Beside a customer's token they count for nothing, whatever is in them."""

api = schemathesis.openapi.from_dict(
    DOCUMENT, config=SchemathesisConfig.from_dict({"generation": {"allow-extra-parameters": False}})
).exclude(path_regex="^/api/admin/ops/")  # the chassis' own, tested with it


@api.auth()
class Credentials:
    """A customer who has a cart."""

    def get(self, case: schemathesis.Case[Any], context: AuthContext) -> dict[str, str]:
        """The headers that open the routes."""
        return {"authorization": f"Bearer {mint_jwt(COMPANY, 'carla')}"}

    def set(self, case: schemathesis.Case[Any], data: dict[str, str], context: AuthContext) -> None:
        """Send it."""
        case.headers.update(data)


@api.parametrize()
@settings(max_examples=10, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_documented(case: schemathesis.Case[Any], address: str, carts: CartService) -> None:
    """No 5xx, and no status, content type or body that the document does not name."""
    carts.opens((COMPANY, "carla"))
    unread = [negative_data_rejection] if GUESTS_HEADERS & {name.lower() for name in case.headers} else []
    case.call_and_validate(base_url=address, excluded_checks=[*NOT_CHECKED, *unread])


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
