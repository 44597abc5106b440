"""What a company can own: one real thing of each kind, by the name that routes give its id."""

import json
from dataclasses import dataclass
from typing import Any

import uuid_utils.compat as ids
from cartwheel_local.services import SERVICES
from servicekit.ids import hash_token
from servicekit.testing.polling import poll

from .broker import PLANS, connected
from .mailbox import Mailbox
from .shop_owner import Shop
from .visitor import fine

__all__ = ["CUSTOMER", "SERVICES", "Estate", "settle"]

CUSTOMER = "owner-of-a-cart"
OWN_CODE = "OURSALONE"


@dataclass(frozen=True, slots=True)
class Estate:
    """Ids of things that exist; `letters` are the dead letters about the company, by service."""

    shop: Shop
    cart_id: str
    item_id: str
    session_token: str
    ordered_cart_id: str
    customer_cart_id: str
    recovery_id: str
    abandonment_id: str
    mail_token: str
    unsubscribe_token: str
    campaign_id: str
    suppression_id: str
    promotion_id: str
    rate_id: str
    zone_id: str
    rule_id: str
    variant_id: str
    warehouse_id: str
    letters: dict[str, str]

    @property
    def session_hash(self) -> str:
        """What is stored of the session token."""
        return hash_token(self.session_token).hex()

    @property
    def own_code(self) -> str:
        """A discount code that no other company has."""
        return OWN_CODE

    @property
    def product_id(self) -> str:
        """A product."""
        return self.shop.products["mug"]

    @property
    def site_id(self) -> str:
        """The only site."""
        return str(self.shop.site_id)


async def settle(shop: Shop) -> Estate:
    """Let a company come to own one of everything: its carts are abandoned after a second and mailed about once."""
    carts = await _carts(shop)
    recovery = await _recovery(shop, carts["cart_id"])
    return Estate(shop=shop, **carts, **recovery, **await _rules(shop), letters=await _letters(shop))


async def _carts(shop: Shop) -> dict[str, str]:
    buyer, guest, customer = shop.shopper(), shop.shopper(), shop.customer(CUSTOMER)
    await buyer.opens_a_cart()
    await buyer.adds("bowl")
    fine(await buyer.holds())
    fine(await shop.orders(buyer.cart_id, "order-1"))
    await customer.opens_a_cart()
    customers = await customer.adds("bowl")
    await guest.opens_a_cart()
    await guest.leaves(shop.address("gina"))
    cart = await guest.adds("mug", 2)
    return {
        "cart_id": cart["id"],
        "item_id": cart["items"][0]["id"],
        "session_token": guest.session_token,
        "ordered_cart_id": buyer.cart_id,
        "customer_cart_id": customers["id"],
    }


async def _recovery(shop: Shop, cart_id: str) -> dict[str, str]:
    mail = await Mailbox(shop.stack.env["MAILBOX_URL"]).first_of(shop.address("gina"))
    queue = await shop.owner.get("/api/admin/carts/abandoned")
    entry = next(item for item in queue["items"] if item["cartId"] == cart_id)
    suppressed = await shop.owner.post("/api/admin/recovery/suppressions", {"email": shop.address("hal")})
    campaigns = await shop.owner.get("/api/admin/recovery/campaigns")
    return {
        "recovery_id": entry["id"],
        "abandonment_id": entry["abandonmentId"],
        "mail_token": mail.token,
        "unsubscribe_token": mail.one_click.rpartition("/")[2],
        "campaign_id": campaigns["items"][0]["id"],
        "suppression_id": suppressed["id"],
    }


async def _rules(shop: Shop) -> dict[str, str]:
    owner = shop.owner
    await owner.offer(name="Ours", code=OWN_CODE, type="PERCENTAGE_OFF", scope="CART", basisPoints=500)
    rate = await owner.post("/api/admin/tax-rates", {"name": "VAT", "type": "VAT", "country": "DE", "ratePpm": 190_000})
    zone = await owner.post("/api/admin/shipping-zones", {"name": "Near", "countries": ["DE"]})
    post = {"name": "Post", "type": "FLAT_RATE", "amounts": {"USD": 500}, "zoneId": zone["id"]}
    rule = await owner.post("/api/admin/shipping-rules", post)
    return {
        "promotion_id": await _first_id(shop, "/api/admin/promotions"),
        "rate_id": rate["id"],
        "zone_id": zone["id"],
        "rule_id": rule["id"],
        "variant_id": await _first_id(shop, "/api/admin/variants"),
        "warehouse_id": await _first_id(shop, "/api/admin/warehouses"),
    }


async def _first_id(shop: Shop, path: str) -> str:
    return str((await shop.owner.get(path))["items"][0]["id"])


async def _letters(shop: Shop) -> dict[str, str]:
    """Spoil one message about the company in each service, and return the dead letters that come of it."""
    spoiled = json.dumps({"specversion": "1.0", "companyid": str(shop.company_id)}).encode()
    letters = {}
    async with connected(shop.stack) as broker:
        for service in SERVICES:
            queue = next(name for name in PLANS if name.startswith(f"{service}."))
            await broker.put_into(queue, "cart.converted.v1", spoiled, ids.uuid7())
    for service in SERVICES:

        async def find(path: str = f"/api/admin/ops/{service}/dead-letters") -> list[dict[str, Any]]:
            return list((await shop.owner.get(path))["items"])

        letters[service] = str((await poll(find, bool))[0]["id"])
    return letters
