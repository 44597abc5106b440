"""The routes of wishlists and comparisons, called by one company with what belongs to another."""

from .foreign_call import Calls, ForeignCall
from .tenant_fixture import TenantFixture


def foreign_list_calls(of: TenantFixture) -> Calls:
    """How each of them is tried with the things `of` one company; what is shared is shared within it."""
    return {**_wishlist(of), **_comparison(of)}


def _wishlist(of: TenantFixture) -> Calls:
    site, wish, line = {"siteId": of.site_id}, {"item_id": of.wish_id}, {"item_id": of.item_id}
    add, link = {"productId": of.product_id}, {"token": of.wishlist_token}
    return {
        "GET /api/wishlist": [ForeignCall("impostor"), ForeignCall("customer", query=site)],
        "POST /api/wishlist/items": [
            ForeignCall("impostor", body=add),
            ForeignCall("customer", body=add),
            ForeignCall("customer", body=add, query=site),
        ],
        "PATCH /api/wishlist/items/{item_id}": [
            ForeignCall("impostor", path=wish, body={"priority": 1}),
            ForeignCall("customer", path=wish, body={"priority": 1}),
        ],
        "DELETE /api/wishlist/items/{item_id}": [
            ForeignCall("impostor", path=wish),
            ForeignCall("customer", path=wish),
        ],
        "POST /api/wishlist/items/{item_id}/move-to-cart": [
            ForeignCall("impostor", path=wish, body={}),
            ForeignCall("customer", path=wish, body={}),
        ],
        "POST /api/wishlist/move-from-cart/{item_id}": [
            ForeignCall("impostor", path=line),
            ForeignCall("customer", path=line),
        ],
        "POST /api/wishlist/share": [ForeignCall("impostor", body={}), ForeignCall("customer", body={}, query=site)],
        "DELETE /api/wishlist/share": [ForeignCall("impostor"), ForeignCall("customer", query=site)],
        "GET /api/wishlists/shared/{token}": [ForeignCall("guest", path=link)],
        "POST /api/wishlists/shared/{token}/copy": [
            ForeignCall("guest", path=link),
            ForeignCall("customer", path=link),
        ],
    }


def _comparison(of: TenantFixture) -> Calls:
    site, item = {"siteId": of.site_id}, {"item_id": of.compared_id}
    add, link = {"productId": of.product_id}, {"token": of.comparison_token}
    return {
        "GET /api/comparison": [ForeignCall("impostor"), ForeignCall("customer", query=site)],
        "POST /api/comparison/items": [
            ForeignCall("impostor", body=add),
            ForeignCall("customer", body=add),
            ForeignCall("customer", body=add, query=site),
        ],
        "DELETE /api/comparison/items/{item_id}": [
            ForeignCall("impostor", path=item),
            ForeignCall("customer", path=item),
        ],
        "POST /api/comparison/share": [ForeignCall("impostor", body={}), ForeignCall("customer", body={}, query=site)],
        "DELETE /api/comparison/share": [ForeignCall("impostor"), ForeignCall("customer", query=site)],
        "GET /api/comparisons/shared/{token}": [ForeignCall("guest", path=link)],
    }
