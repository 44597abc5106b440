"""The cart service's routes, called by one company with what belongs to another."""

from .foreign_call import Calls, ForeignCall
from .tenant_fixture import CUSTOMER, TenantFixture

_CONTACT = {"email": "thief@mail.example", "consent": True}
_NOWHERE = {"country": "DE"}


def foreign_cart_calls(of: TenantFixture) -> Calls:
    """How each of them is tried with the things `of` one company."""
    return {**_guest(of), **_customer(of), **_shared(of), **_shopper(of), **_cart_staff(of), **_cart_internal(of)}


def _guest(of: TenantFixture) -> Calls:
    cart = {"cart_id": of.cart_id}
    line = {**cart, "item_id": of.item_id}
    add = {"productId": of.product_id, "quantity": 1}
    return {
        "POST /api/public/cart": [ForeignCall("guest", body={"siteId": of.site_id})],
        "GET /api/public/cart": [ForeignCall("impostor")],
        "POST /api/public/cart/{cart_id}/items": [
            ForeignCall("guest", path=cart, body=add),
            ForeignCall("impostor", path=cart, body=add),
        ],
        "PATCH /api/public/cart/{cart_id}/items/{item_id}": [ForeignCall("impostor", path=line, body={"quantity": 9})],
        "DELETE /api/public/cart/{cart_id}/items/{item_id}": [ForeignCall("impostor", path=line)],
        "POST /api/public/cart/{cart_id}/discount": [ForeignCall("impostor", path=cart, body={"code": "SAVE10"})],
        "DELETE /api/public/cart/{cart_id}/discount/{code}": [ForeignCall("impostor", path={**cart, "code": "SAVE10"})],
        "GET /api/public/cart/{cart_id}/stream": [ForeignCall("impostor", path=cart)],
        "POST /api/public/cart/{cart_id}/contact": [ForeignCall("impostor", path=cart, body=_CONTACT)],
        "PUT /api/public/cart/{cart_id}/address": [ForeignCall("impostor", path=cart, body=_NOWHERE)],
        "DELETE /api/public/cart/{cart_id}/address": [ForeignCall("impostor", path=cart)],
        "PUT /api/public/cart/{cart_id}/shipping-option": [ForeignCall("impostor", path=cart, body={"id": of.rule_id})],
        "DELETE /api/public/cart/{cart_id}/shipping-option": [ForeignCall("impostor", path=cart)],
        "POST /api/public/cart/{cart_id}/bundles": [
            ForeignCall("impostor", path=cart, body={"bundleId": of.bundle_id}),
        ],
        "DELETE /api/public/cart/{cart_id}/bundles/{group_id}": [
            ForeignCall("impostor", path={**cart, "group_id": of.group_id})
        ],
        "DELETE /api/public/cart/{cart_id}/items": [ForeignCall("impostor", path=cart)],
        "POST /api/public/cart/{cart_id}/items/bulk": [ForeignCall("impostor", path=cart, body=_bulk(of))],
        "POST /api/public/cart/{cart_id}/share": [ForeignCall("impostor", path=cart, body={})],
        "GET /api/public/cart/{cart_id}/share": [ForeignCall("impostor", path=cart)],
        "DELETE /api/public/cart/{cart_id}/share/{link_id}": [
            ForeignCall("impostor", path={**cart, "link_id": of.link_id})
        ],
        "GET /api/public/cart/{cart_id}/saved": [ForeignCall("impostor", path=cart)],
        "DELETE /api/public/cart/{cart_id}/saved/{item_id}": [ForeignCall("impostor", path=line)],
        "POST /api/public/cart/{cart_id}/save-for-later/{item_id}": [ForeignCall("impostor", path=line)],
        "POST /api/public/cart/{cart_id}/move-to-cart/{item_id}": [ForeignCall("impostor", path=line)],
    }


def _customer(of: TenantFixture) -> Calls:
    line, site = {"item_id": of.item_id}, {"siteId": of.site_id}
    add = {"productId": of.product_id, "quantity": 1}
    return {
        "POST /api/cart": [ForeignCall("customer", body=site), ForeignCall("customer", body={}, query=site)],
        "GET /api/cart": [ForeignCall("customer", query=site)],
        "GET /api/cart/stream": [ForeignCall("customer", query=site)],
        "POST /api/cart/items": [
            ForeignCall("customer", body=add),
            ForeignCall("customer", body=add, query=site),
        ],
        "DELETE /api/cart/items": [ForeignCall("customer", query=site)],
        "PATCH /api/cart/items/{item_id}": [ForeignCall("customer", path=line, body={"quantity": 9})],
        "DELETE /api/cart/items/{item_id}": [ForeignCall("customer", path=line)],
        "POST /api/cart/discount": [ForeignCall("customer", body={"code": "SAVE10"}, query=site)],
        "DELETE /api/cart/discount/{code}": [ForeignCall("customer", path={"code": "SAVE10"}, query=site)],
        "POST /api/cart/contact": [ForeignCall("customer", body=_CONTACT, query=site)],
        "PUT /api/cart/address": [ForeignCall("customer", body=_NOWHERE, query=site)],
        "DELETE /api/cart/address": [ForeignCall("customer", query=site)],
        "PUT /api/cart/shipping-option": [ForeignCall("customer", body={"id": of.rule_id}, query=site)],
        "DELETE /api/cart/shipping-option": [ForeignCall("customer", query=site)],
        "POST /api/cart/bundles": [
            ForeignCall("customer", body={"bundleId": of.bundle_id}),
            ForeignCall("customer", body={"bundleId": of.bundle_id}, query=site),
        ],
        "DELETE /api/cart/bundles/{group_id}": [ForeignCall("customer", path={"group_id": of.group_id})],
        "POST /api/cart/items/bulk": [
            ForeignCall("customer", body=_bulk(of)),
            ForeignCall("customer", body={"operations": [{"op": "add", **add}]}),
        ],
        "POST /api/cart/share": [ForeignCall("customer", body={}, query=site)],
        "GET /api/cart/share": [ForeignCall("customer", query=site)],
        "DELETE /api/cart/share/{link_id}": [ForeignCall("customer", path={"link_id": of.link_id})],
        "GET /api/cart/saved": [ForeignCall("customer", query=site)],
        "DELETE /api/cart/saved/{item_id}": [ForeignCall("customer", path=line)],
        "POST /api/cart/save-for-later/{item_id}": [ForeignCall("customer", path=line)],
        "POST /api/cart/move-to-cart/{item_id}": [ForeignCall("customer", path=line)],
        "POST /api/cart/merge": [ForeignCall("customer", body={"sessionToken": of.session_token})],
    }


def _bulk(of: TenantFixture) -> dict[str, object]:
    return {"operations": [{"op": "remove", "itemId": of.item_id}]}


def _shared(of: TenantFixture) -> Calls:
    """A link is itself the right to what it shows, to its company's shoppers; under another company it is none."""
    copy, elsewhere = {"token": of.link_token}, {"token": f"{'0' * 32}{of.link_token[32:]}"}
    return {
        "GET /api/shared-carts/{token}": [ForeignCall("anyone", path=elsewhere)],
        "POST /api/shared-carts/{token}/copy": [
            ForeignCall("customer", path=copy),
            ForeignCall("guest", path=copy),
            ForeignCall("guest", path=elsewhere),
        ],
    }


def _shopper(of: TenantFixture) -> Calls:
    guests, customers = {"cart_id": of.cart_id}, {"cart_id": of.customer_cart_id}
    return {
        "POST /api/cart/{cart_id}/hold": [
            ForeignCall("customer", path=customers),
            ForeignCall("impostor", path=guests),
        ],
        "DELETE /api/cart/{cart_id}/hold": [
            ForeignCall("customer", path=customers),
            ForeignCall("impostor", path=guests),
        ],
        "GET /api/cart/{cart_id}/hold/status": [
            ForeignCall("customer", path=customers),
            ForeignCall("impostor", path=guests),
        ],
        "POST /api/cart/shipping/estimate": [ForeignCall("impostor", body=_NOWHERE)],
        "GET /api/cart/shipping/rates": [ForeignCall("impostor", query=_NOWHERE)],
        "POST /api/cart/tax/estimate": [ForeignCall("impostor", body=_NOWHERE)],
    }


def _cart_staff(of: TenantFixture) -> Calls:
    cart, site = {"cart_id": of.cart_id}, {"site_id": of.site_id}
    return {
        "GET /api/admin/carts": [
            ForeignCall("admin", 200, query={"siteId": of.site_id}),  # a filter that finds nothing
            ForeignCall("admin", 200, query={"customerId": CUSTOMER}),
        ],
        "GET /api/admin/carts/stats": [ForeignCall("admin", query={"siteId": of.site_id})],
        "GET /api/admin/carts/{cart_id}": [ForeignCall("admin", path=cart)],
        "GET /api/admin/carts/{cart_id}/activity": [ForeignCall("admin", path=cart)],
        "POST /api/admin/companies": [  # only the platform makes companies
            ForeignCall("admin", 403, body={"id": str(of.shop.company_id), "name": "Taken over"})
        ],
        "GET /api/admin/companies": [ForeignCall("admin", 403)],
        "POST /api/admin/sites": [  # an id that anybody has cannot be given again
            ForeignCall("admin", 409, body={"id": of.site_id, "name": "Mine now", "currency": "USD"})
        ],
        "GET /api/admin/sites": [ForeignCall("admin", 200)],  # one's own
        "GET /api/admin/sites/{site_id}": [ForeignCall("admin", path=site)],
        "PATCH /api/admin/sites/{site_id}": [ForeignCall("admin", path=site, body={"name": "Mine now"})],
        "DELETE /api/admin/customers/{customer_id}": [ForeignCall("admin", 202, path={"customer_id": "not-there"})],
        "GET /api/admin/customers/{customer_id}/erasure": [ForeignCall("admin", path={"customer_id": CUSTOMER})],
        "GET /api/health": [ForeignCall("anyone", 200)],  # says nothing of any company
    }


def _cart_internal(of: TenantFixture) -> Calls:
    cart = {"cart_id": of.cart_id}
    return {
        "POST /internal/carts/authorize": [
            ForeignCall("service", body={"cartId": of.cart_id, "sessionHash": of.session_hash}),
            ForeignCall("service", body={"sessionHash": of.session_hash}),
            ForeignCall("service", 200, body={"customerId": CUSTOMER}),  # one's own customer of that name
        ],
        "GET /internal/carts/{cart_id}": [ForeignCall("service", path=cart)],
        "POST /internal/carts/{cart_id}/convert": [ForeignCall("service", path=cart, body={"orderId": "order-x"})],
        "POST /internal/carts/{cart_id}/freeze": [ForeignCall("service", path=cart, body={"checkoutId": "C-x"})],
        "POST /internal/carts/{cart_id}/thaw": [ForeignCall("service", path=cart, body={"checkoutId": "C-x"})],
        "POST /internal/carts/{cart_id}/restore": [
            ForeignCall("service", path=cart, body={"abandonmentId": of.abandonment_id})
        ],
        "POST /internal/carts/{cart_id}/items": [ForeignCall("service", path=cart, body={"productId": of.product_id})],
    }
