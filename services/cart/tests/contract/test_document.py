"""The api answers what its OpenAPI document says, whatever it is asked, and the document says what api.md promises."""

from cart.carts.routes.schemas import CartView
from cart.main import SERVICE
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance
from servicekit.cli.openapi_document import openapi_of
from servicekit.ids import new_id, new_token
from servicekit.testing.conformance import Case, api_of, call, credentials, examples, open_routes

from ..bundling import add, sell_tea
from ..shop import Shop

DOCUMENT = openapi_of(SERVICE)
COMPANY = new_id()

NOT_CHECKED = (
    positive_data_acceptance,  # that a currency, a time zone or a product exists is beyond a JSON Schema
    ignored_auth,  # without a credential a shop has to be named first: 400, not 401 (api.md)
)


def headers(case: Case) -> dict[str, str]:
    """Whatever opens the route: a guest's session, a customer's, the staff's or another service's token."""
    if case.path.startswith("/api/public"):
        return {"x-company-id": str(COMPANY), "x-session-token": new_token()}
    role = "platform" if case.path.startswith("/api/admin") else "customer"
    return credentials(case, COMPANY, roles=(role,), subject=new_token(), caller="order-system")


api = api_of(SERVICE).exclude(path_regex="/stream$")  # they go on; tests/integration/streams reads them
open_routes(api, headers)


@api.parametrize()
@examples(15)
def test_every_answer_is_documented(case: Case, address: str) -> None:
    """No 5xx but the stated 503, and no status, content type or body that the document does not name."""
    call(case, address, not_checked=NOT_CHECKED)


async def test_the_cart_that_is_answered_is_the_cart_that_is_documented(shop: Shop) -> None:
    """The view is written without the model, so the two are held together here, with every kind of line."""
    await shop.stock("vase", price=9900, available=5)
    await shop.stock("bowl", price=2400)
    guest = await shop.guest_cart({"mug": 1, "vase": 2, "bowl": 1})
    bowl = next(line["id"] for line in (await shop.read(guest))["items"] if line["sku"] == "bowl")
    await shop.client.post(f"{guest.path}/save-for-later/{bowl}", headers=guest.headers)
    await sell_tea(shop)
    await add(shop, guest)
    await shop.stock("mug", price=1400)
    await shop.left("vase", 1)

    cart = await shop.read(guest)

    class Exactly(CartView, extra="forbid"):
        """The documented cart, and nothing more."""

    Exactly.model_validate(cart)
    assert [line["sku"] for line in cart["savedItems"]] == ["bowl"]
    assert [bundle["title"] for bundle in cart["bundles"]] == ["Tea for two"]
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
        "/api/cart/stream",
        "/api/cart/address",
        "/api/cart/shipping-option",
        "/api/cart/items/bulk",
        "/api/cart/bundles",
        "/api/cart/bundles/{group_id}",
        "/api/cart/share",
        "/api/cart/share/{link_id}",
        "/api/cart/saved",
        "/api/cart/saved/{item_id}",
        "/api/cart/save-for-later/{item_id}",
        "/api/cart/move-to-cart/{item_id}",
        "/api/cart/shipping/estimate",
        "/api/cart/shipping/rates",
        "/api/cart/tax/estimate",
        "/api/cart/{cart_id}/hold",
        "/api/cart/{cart_id}/hold/status",
        "/api/wishlist",
        "/api/wishlist/items",
        "/api/wishlist/items/{item_id}",
        "/api/wishlist/items/{item_id}/move-to-cart",
        "/api/wishlist/move-from-cart/{item_id}",
        "/api/wishlist/share",
        "/api/wishlists/shared/{token}",
        "/api/wishlists/shared/{token}/copy",
        "/api/comparison",
        "/api/comparison/items",
        "/api/comparison/items/{item_id}",
        "/api/comparison/share",
        "/api/comparisons/shared/{token}",
        "/api/health",
        "/api/shared-carts/{token}",
        "/api/shared-carts/{token}/copy",
        "/api/public/cart",
        "/api/public/cart/{cart_id}/items",
        "/api/public/cart/{cart_id}/items/{item_id}",
        "/api/public/cart/{cart_id}/discount",
        "/api/public/cart/{cart_id}/discount/{code}",
        "/api/public/cart/{cart_id}/contact",
        "/api/public/cart/{cart_id}/stream",
        "/api/public/cart/{cart_id}/address",
        "/api/public/cart/{cart_id}/shipping-option",
        "/api/public/cart/{cart_id}/items/bulk",
        "/api/public/cart/{cart_id}/bundles",
        "/api/public/cart/{cart_id}/bundles/{group_id}",
        "/api/public/cart/{cart_id}/share",
        "/api/public/cart/{cart_id}/share/{link_id}",
        "/api/public/cart/{cart_id}/saved",
        "/api/public/cart/{cart_id}/saved/{item_id}",
        "/api/public/cart/{cart_id}/save-for-later/{item_id}",
        "/api/public/cart/{cart_id}/move-to-cart/{item_id}",
    }
