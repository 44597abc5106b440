"""The api answers what its OpenAPI document says, whatever it is asked, and the document says what api.md promises."""

import itertools
import secrets
from datetime import timedelta
from typing import Any

import schemathesis
from cart.carts.schemas import CartView
from cart.main import create_app
from cart.settings import CartSettings
from hypothesis import HealthCheck, settings
from schemathesis import AuthContext
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance
from servicekit.auth.service_tokens import mint_service_token
from servicekit.ids import new_id, new_token
from servicekit.testing import Servers, make_settings, mint_jwt
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

from ..shop import Shop

NOWHERE = Servers("postgresql://nowhere", "redis://nowhere", "amqp://nowhere")
_SETTINGS = make_settings(
    CartSettings, NOWHERE, NOWHERE.postgres_url, pricing_url="http://nowhere", inventory_url="http://nowhere"
)
DOCUMENT = create_app(_SETTINGS).openapi()
COMPANY = new_id()
_NUMBERS = itertools.count(secrets.randbelow(1 << 24))
NOT_CHECKED = [
    positive_data_acceptance,  # that a currency, a time zone or a product exists is beyond a JSON Schema
    ignored_auth,  # without a credential a shop has to be named first: 400, not 401 (api.md)
]

api = schemathesis.openapi.from_dict(
    DOCUMENT, config=SchemathesisConfig.from_dict({"generation": {"allow-extra-parameters": False}})
).exclude(path_regex="^/api/admin/ops/")  # the chassis' own, tested with it


@api.auth()
class Credentials:
    """Whatever opens the route: a guest's session, a customer's, the staff's or another service's token."""

    def get(self, case: schemathesis.Case[Any], context: AuthContext) -> dict[str, str]:
        """The headers that open the route."""
        company = {"x-company-id": str(COMPANY)}
        if case.path.startswith("/internal"):
            token = mint_service_token(SERVICE_TOKEN_SECRET, "order-system", (), timedelta(hours=1))
            return {**company, "authorization": f"Bearer {token}"}
        if case.path.startswith("/api/public"):
            return {**company, "x-session-token": new_token()}
        roles = ["platform"] if case.path.startswith("/api/admin") else ["customer"]
        return {**company, "authorization": f"Bearer {mint_jwt(COMPANY, new_token(), roles=roles)}"}

    def set(self, case: schemathesis.Case[Any], data: dict[str, str], context: AuthContext) -> None:
        """Send them, but leave a company that the case chose, which may be a broken one."""
        case.headers.update({**data, **case.headers})


@api.parametrize()
@settings(max_examples=15, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_documented(case: schemathesis.Case[Any], address: str) -> None:
    """No 5xx but the stated 503, and no status, content type or body that the document does not name.

    Every case comes from an address of its own, so that the limits stay on and are not what is tested here.
    """
    number = next(_NUMBERS) & 0xFFFFFF
    sender = {"x-forwarded-for": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"}
    case.call_and_validate(base_url=address, headers=sender, excluded_checks=NOT_CHECKED)


async def test_the_cart_that_is_answered_is_the_cart_that_is_documented(shop: Shop) -> None:
    """The view is written without the model, so the two are held together here, with every kind of line."""
    await shop.stock("vase", price=9900, available=5)
    guest = await shop.guest_cart({"mug": 1, "vase": 2})
    await shop.stock("mug", price=1400)
    await shop.left("vase", 1)

    cart = await shop.read(guest)

    class Exactly(CartView, extra="forbid"):
        """The documented cart, and nothing more."""

    Exactly.model_validate(cart)
    assert {notice["code"] for notice in cart["notices"]} == {"PRICE_CHANGED", "INSUFFICIENT_STOCK"}
    assert next(line for line in cart["items"] if line["sku"] == "mug")["priceChanged"] == {"from": 1250, "to": 1400}


def test_the_routes_are_those_of_the_api() -> None:
    """What this service answers of api.md, by its path at the gateway."""
    public = {path for path in DOCUMENT["paths"] if path.startswith("/api/") and "/ops/" not in path}

    assert {path for path in public if not path.startswith("/api/admin")} == {
        "/api/cart",
        "/api/cart/items",
        "/api/cart/items/{item_id}",
        "/api/cart/discount",
        "/api/cart/discount/{code}",
        "/api/cart/contact",
        "/api/cart/merge",
        "/api/cart/shipping/estimate",
        "/api/cart/shipping/rates",
        "/api/cart/tax/estimate",
        "/api/cart/{cart_id}/hold",
        "/api/cart/{cart_id}/hold/status",
        "/api/health",
        "/api/public/cart",
        "/api/public/cart/{cart_id}/items",
        "/api/public/cart/{cart_id}/items/{item_id}",
        "/api/public/cart/{cart_id}/discount",
        "/api/public/cart/{cart_id}/discount/{code}",
        "/api/public/cart/{cart_id}/contact",
    }
