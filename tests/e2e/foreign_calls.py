"""Every route there is, called by one company with what belongs to another.

A table to read: "METHOD path" of the live documents → how it is tried. `expect` is what whoever is entitled to the
route is answered: 404, because what is another's does not exist, unless a reason stands beside it.
"""

import base64

import uuid_utils.compat as ids

from .foreign_call import Calls, ForeignCall
from .foreign_carts import foreign_cart_calls
from .foreign_lists import foreign_list_calls
from .tenant_fixture import SERVICES, TenantFixture


def foreign_calls(of: TenantFixture, own_variant_id: str) -> Calls:
    """How each route is tried with the things `of` one company, by another that has a variant of its own."""
    return {
        **foreign_cart_calls(of),
        **foreign_list_calls(of),
        **_pricing(of),
        **_inventory(of, own_variant_id),
        **_recovery_staff(of),
        **_recovery_links(of),
        **_upsell(of),
        **_analytics(of),
        **_operations(of),
    }


def _pricing(of: TenantFixture) -> Calls:
    name = {"name": "Mine now"}
    promotion = {"type": "PERCENTAGE_OFF", "scope": "CART", "basisPoints": 500, **name}
    rule = {"type": "FLAT_RATE", "amounts": {"USD": 1}, **name}
    place = {"siteId": of.site_id, "currency": "USD"}
    return {
        "GET /api/admin/promotions": [ForeignCall("admin", 200)],  # one's own
        "POST /api/admin/promotions": [ForeignCall("admin", 201, body=promotion)],
        "GET /api/admin/promotions/{promotion_id}": [ForeignCall("admin", path={"promotion_id": of.promotion_id})],
        "PATCH /api/admin/promotions/{promotion_id}": [
            ForeignCall("admin", path={"promotion_id": of.promotion_id}, body=name)
        ],
        "DELETE /api/admin/promotions/{promotion_id}": [ForeignCall("admin", path={"promotion_id": of.promotion_id})],
        "GET /api/admin/tax-rates": [ForeignCall("admin", 200)],
        "POST /api/admin/tax-rates": [
            ForeignCall("admin", 201, body={"type": "VAT", "country": "FR", "ratePpm": 1, **name})
        ],
        "GET /api/admin/tax-rates/{rate_id}": [ForeignCall("admin", path={"rate_id": of.rate_id})],
        "PATCH /api/admin/tax-rates/{rate_id}": [ForeignCall("admin", path={"rate_id": of.rate_id}, body=name)],
        "DELETE /api/admin/tax-rates/{rate_id}": [ForeignCall("admin", path={"rate_id": of.rate_id})],
        "GET /api/admin/shipping-zones": [ForeignCall("admin", 200)],
        "POST /api/admin/shipping-zones": [ForeignCall("admin", 201, body={"countries": ["FR"], **name})],
        "GET /api/admin/shipping-zones/{zone_id}": [ForeignCall("admin", path={"zone_id": of.zone_id})],
        "PATCH /api/admin/shipping-zones/{zone_id}": [ForeignCall("admin", path={"zone_id": of.zone_id}, body=name)],
        "DELETE /api/admin/shipping-zones/{zone_id}": [ForeignCall("admin", path={"zone_id": of.zone_id})],
        "GET /api/admin/shipping-rules": [ForeignCall("admin", 200)],
        "POST /api/admin/shipping-rules": [ForeignCall("admin", body={**rule, "zoneId": of.zone_id})],
        "GET /api/admin/shipping-rules/{rule_id}": [ForeignCall("admin", path={"rule_id": of.rule_id})],
        "PATCH /api/admin/shipping-rules/{rule_id}": [ForeignCall("admin", path={"rule_id": of.rule_id}, body=name)],
        "DELETE /api/admin/shipping-rules/{rule_id}": [ForeignCall("admin", path={"rule_id": of.rule_id})],
        "GET /api/admin/pricing-settings": [ForeignCall("admin", 200)],
        "PUT /api/admin/pricing-settings": [ForeignCall("admin", 200, body={"bestDeal": True})],
        "POST /internal/codes/resolve": [ForeignCall("service", 400, body={"code": of.own_code, **place})],  # unknown
        "POST /internal/addresses/resolve": [ForeignCall("service", 200, body={"country": "DE", **place})],
    }


def _inventory(of: TenantFixture, own_variant_id: str) -> Calls:
    product, variant = {"product_id": of.product_id}, {"variant_id": of.variant_id}
    ordered = {"cart_id": of.ordered_cart_id}
    new = {"sku": "NEW", "prices": {"USD": 1}}
    stolen = {"title": "Mine now", "variants": [new]}
    hold = {
        "cartId": of.cart_id,
        "siteId": of.site_id,
        "owner": "guest:x",
        "lines": [{"variantId": of.variant_id, "quantity": 1}],
    }
    bundle, pieces = {"bundle_id": of.bundle_id}, {"items": [{"variantIds": [of.variant_id], "quantity": 2}]}
    stocktaking = {"delta": 1, "reason": "count"}
    return {
        "GET /api/catalogue/products": [ForeignCall("guest", query={"siteId": of.site_id})],
        "GET /api/catalogue/products/{slug}": [
            ForeignCall("guest", path={"slug": "mug"}, query={"siteId": of.site_id})
        ],
        "GET /api/catalogue/categories": [ForeignCall("guest", 200)],
        "GET /internal/imports/permission": [ForeignCall("admin", 204)],
        "POST /api/admin/products/import": [ForeignCall("admin", 200, body=b'{"sku": "mug", "title": "My own mug"}')],
        "GET /api/admin/products": [ForeignCall("admin", 200)],
        "POST /api/admin/products": [ForeignCall("admin", 409, body={"id": of.product_id, **stolen})],
        "GET /api/admin/products/{product_id}": [ForeignCall("admin", path=product)],
        "PATCH /api/admin/products/{product_id}": [ForeignCall("admin", path=product, body={"title": "Mine now"})],
        "DELETE /api/admin/products/{product_id}": [ForeignCall("admin", path=product)],
        "GET /api/admin/variants": [ForeignCall("admin", 200, query={"productId": of.product_id})],
        "POST /api/admin/variants": [ForeignCall("admin", body={"productId": of.product_id, **new})],
        "PATCH /api/admin/variants/{variant_id}": [ForeignCall("admin", path=variant, body={"title": "Mine now"})],
        "GET /api/admin/bundles": [ForeignCall("admin", 200)],
        "POST /api/admin/bundles": [ForeignCall("admin", body={"title": "Mine", "discountBasisPoints": 1, **pieces})],
        "GET /api/admin/bundles/{bundle_id}": [ForeignCall("admin", path=bundle)],
        "PATCH /api/admin/bundles/{bundle_id}": [ForeignCall("admin", path=bundle, body={"title": "Mine now"})],
        "DELETE /api/admin/bundles/{bundle_id}": [ForeignCall("admin", path=bundle)],
        "GET /internal/products/{product_id}": [ForeignCall("service", path=product)],
        "GET /api/admin/stock": [ForeignCall("admin", 200, query={"productId": of.product_id})],
        "POST /api/admin/stock/{variant_id}/adjust": [
            ForeignCall("admin", path=variant, body=stocktaking),
            ForeignCall(
                "admin", path={"variant_id": own_variant_id}, body={"warehouseId": of.warehouse_id, **stocktaking}
            ),
        ],
        "GET /api/admin/warehouses": [ForeignCall("admin", 200)],
        "POST /api/admin/warehouses": [ForeignCall("admin", 201, body={"code": "second", "name": "Mine"})],
        "POST /internal/holds": [ForeignCall("service", body=hold)],
        # A cart that holds nothing is no error: the answer is that of a cart that does not exist.
        "GET /internal/holds/by-cart/{cart_id}": [ForeignCall("service", 200, path=ordered)],
        "DELETE /internal/holds/by-cart/{cart_id}": [ForeignCall("service", 200, path=ordered)],
        "POST /internal/holds/by-cart/{cart_id}/extend": [ForeignCall("service", path=ordered)],
        "POST /internal/holds/commit": [ForeignCall("service", body={**hold, "orderId": "A-1"})],
        "POST /internal/holds/by-cart/{cart_id}/revert": [
            ForeignCall("service", 200, path=ordered, body={"orderId": "A-1"})
        ],
    }


def _recovery_staff(of: TenantFixture) -> Calls:
    recovery, campaign = {"recovery_id": of.recovery_id}, {"campaign_id": of.campaign_id}
    steps = {"name": "Mine", "steps": [{"delaySeconds": 3600}]}
    return {
        "GET /api/admin/carts/abandoned": [ForeignCall("admin", 200, query={"siteId": of.site_id})],
        "POST /api/admin/carts/abandoned/{recovery_id}/send": [ForeignCall("admin", path=recovery)],
        "POST /api/admin/carts/abandoned/{recovery_id}/dismiss": [ForeignCall("admin", path=recovery)],
        "GET /api/admin/recovery/campaigns": [ForeignCall("admin", 200)],
        "POST /api/admin/recovery/campaigns": [ForeignCall("admin", 409, body=steps)],  # has one
        "GET /api/admin/recovery/campaigns/{campaign_id}": [ForeignCall("admin", path=campaign)],
        "PATCH /api/admin/recovery/campaigns/{campaign_id}": [ForeignCall("admin", path=campaign, body=steps)],
        "DELETE /api/admin/recovery/campaigns/{campaign_id}": [ForeignCall("admin", path=campaign)],
        "GET /api/admin/recovery/suppressions": [ForeignCall("admin", 200)],
        "POST /api/admin/recovery/suppressions": [ForeignCall("admin", 201, body={"email": "own@mail.example"})],
        "DELETE /api/admin/recovery/suppressions/{suppression_id}": [
            ForeignCall("admin", path={"suppression_id": of.suppression_id})
        ],
        "GET /api/admin/recovery/preview": [ForeignCall("admin", query={"recoveryId": of.recovery_id})],
    }


def _recovery_links(of: TenantFixture) -> Calls:
    """A token is itself the right to what it names; one whose company was changed is not one of ours."""
    restore = {"token": _in_another_company(of.mail_token, of)}
    unsubscribe = {"token": _in_another_company(of.unsubscribe_token, of)}
    return {
        "GET /r/{token}": [ForeignCall("anyone", 302, path=restore)],  # leads on without looking
        "GET /api/recovery/open/{token}": [ForeignCall("anyone", 400, path=restore)],
        "GET /api/cart/recovery/{token}": [ForeignCall("anyone", 400, path=restore)],
        "POST /api/cart/recovery/{token}/click": [ForeignCall("anyone", 400, path=restore)],
        "POST /api/cart/recovery/{token}/restore": [ForeignCall("anyone", 400, path=restore)],
        "GET /api/recovery/unsubscribe/{token}": [ForeignCall("anyone", 400, path=unsubscribe)],
        "POST /api/recovery/unsubscribe/{token}": [ForeignCall("anyone", 400, path=unsubscribe)],
    }


def _in_another_company(token: str, of: TenantFixture) -> str:
    version, key, payload, signature = token.split(".")
    content = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    changed = content.replace(of.shop.company_id.bytes, ids.uuid7().bytes)
    assert changed != content
    return ".".join((version, key, base64.urlsafe_b64encode(changed).decode().rstrip("="), signature))


def _upsell(of: TenantFixture) -> Calls:
    product, site = {"product_id": of.product_id}, {"siteId": of.site_id}
    return {
        "GET /api/cart/upsells": [
            ForeignCall("impostor"),
            ForeignCall("customer", query=site),
        ],
        "POST /api/cart/upsells/{product_id}/add": [
            ForeignCall("customer", path=product),
            ForeignCall("impostor", path=product),
        ],
        "POST /api/cart/upsells/{product_id}/dismiss": [
            ForeignCall("customer", path=product),
            ForeignCall("impostor", path=product),
        ],
    }


def _analytics(of: TenantFixture) -> Calls:
    site = {"siteId": of.site_id}
    reports = ("overview", "cart", "funnel", "recovery", "upsell", "promotions")
    return {
        **{
            f"GET /api/{place}/{report}": [ForeignCall("admin", query=site), ForeignCall("admin", 200)]
            for place in ("analytics/ecommerce", "admin/ecommerce-analytics")
            for report in reports
        },
        "GET /api/admin/ecommerce-analytics/events": [ForeignCall("admin", query={"cartId": of.cart_id})],
        "GET /api/admin/audit": [ForeignCall("admin", 200)],
        "GET /internal/log": [ForeignCall("service", 200)],
    }


def _operations(of: TenantFixture) -> Calls:
    calls: Calls = {}
    for service in SERVICES:
        operations = f"/api/admin/ops/{service}"
        dead_letter = {"letter_id": of.dead_letters[service]}
        calls |= {
            f"GET {operations}/jobs": [ForeignCall("admin", 200)],
            # A run works on every company's rows, so no company's admin may start one.
            f"POST {operations}/jobs/{{name}}/run": [
                ForeignCall("admin", 403, path={"name": "PurgeInbox"}, query={"dryRun": "true"})
            ],
            f"GET {operations}/dead-letters": [ForeignCall("admin", 200)],
            f"POST {operations}/dead-letters/{{letter_id}}/replay": [ForeignCall("admin", path=dead_letter)],
            f"POST {operations}/dead-letters/replay": [ForeignCall("admin", 200)],  # of their own: none
        }
    return calls
