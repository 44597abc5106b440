"""What a company can own: one real thing of each kind, by the name that routes give its id."""

import json
from dataclasses import dataclass
from uuid import UUID

import uuid_utils.compat as ids
from cartwheel_client.models.cart import ChangeSite, DeadLetterView
from cartwheel_client.models.inventory import BundleView, ItemBody, NewBundle
from cartwheel_client.models.pricing import NewPromotion, NewShippingRule, NewTaxRate, NewZone
from cartwheel_local.services import SERVICES
from servicekit.ids import hash_token
from servicekit.testing.polling import poll

from .broker import PLANS, connected
from .mailbox import Mailbox
from .shop import Shop
from .shopper import until_known

__all__ = ["CUSTOMER", "SERVICES", "TenantFixture", "make_tenant"]

CUSTOMER = "owner-of-a-cart"
OWN_CODE = "OURSALONE"


@dataclass(frozen=True, slots=True)
class TenantFixture:
    """Ids of things that exist; `dead_letters` are those about the company, by service."""

    shop: Shop
    cart_id: str
    item_id: str
    group_id: str
    session_token: str
    link_id: str
    link_token: str
    ordered_cart_id: str
    customer_cart_id: str
    wish_id: str
    wishlist_token: str
    compared_id: str
    comparison_token: str
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
    bundle_id: str
    dead_letters: dict[str, str]

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
        return str(self.shop.products["mug"])

    @property
    def site_id(self) -> str:
        """The only site."""
        return str(self.shop.site_id)


async def make_tenant(shop: Shop) -> TenantFixture:
    """Let a company come to own one of everything: its carts are abandoned after a second and mailed about once."""
    bundle = await _bundle(shop)
    carts = await _carts(shop, bundle.id)
    lists = await _lists(shop)
    recovery = await _recovery(shop, carts["cart_id"])
    rules = await _rules(shop)
    known = {"bundle_id": str(bundle.id), "variant_id": str(bundle.items[0].variant_ids[0])}
    dead_letters = await _dead_letters(shop)
    return TenantFixture(shop=shop, **carts, **lists, **recovery, **rules, **known, dead_letters=dead_letters)


async def _bundle(shop: Shop) -> BundleView:
    catalogue = shop.staff.catalogue
    (mug,) = (await catalogue.list_variants(sku="MUG")).items
    pair = [ItemBody(variant_ids=[mug.id], quantity=2)]
    return await catalogue.create_bundle(NewBundle(title="Pair", discount_basis_points=500, items=pair))


async def _carts(shop: Shop, bundle_id: UUID) -> dict[str, str]:
    buyer, guest, customer = shop.guest(), shop.guest(), shop.customer(CUSTOMER)
    await buyer.opens_a_cart()
    await buyer.adds("bowl")
    await buyer.holds()
    await shop.orders(buyer.cart_id, "order-1")
    await customer.opens_a_cart()
    customers = await customer.adds("bowl")
    await guest.opens_a_cart()
    await guest.leaves(shop.address("gina"))
    cart = await guest.adds("mug", 2)
    link = await guest.cart.share()
    with_pair = await until_known(lambda: guest.cart.add_bundle(bundle_id))
    return {
        "cart_id": str(cart.id),
        "item_id": str(cart.items[0].id),
        "group_id": str(with_pair.bundles[0].group_id),
        "session_token": guest.session_token,
        "link_id": str(link.id),
        "link_token": link.token,
        "ordered_cart_id": str(buyer.cart_id),
        "customer_cart_id": str(customers.id),
    }


async def _lists(shop: Shop) -> dict[str, str]:
    """What the customer wishes for and compares, each with a link."""
    await shop.staff.sites.change(shop.site_id, ChangeSite(enable_compare=True))
    cart, product = shop.customer(CUSTOMER).cart, shop.products["mug"]
    wished = await cart.wishlist.add(product, note="for Ann")
    compared = await cart.comparison.add(product)
    return {
        "wish_id": str(wished.items[0].id),
        "wishlist_token": (await cart.wishlist.share()).token,
        "compared_id": str(compared.items[0].id),
        "comparison_token": (await cart.comparison.share()).token,
    }


async def _recovery(shop: Shop, cart_id: str) -> dict[str, str]:
    mail = await Mailbox(shop.stack.env["MAILBOX_URL"]).first_of(shop.address("gina"))
    recovery = shop.staff.recovery
    queue = await recovery.list_abandoned()
    entry = next(item for item in queue.items if str(item.cart_id) == cart_id)
    suppressed = await recovery.suppress(shop.address("hal"))
    campaigns = await recovery.list_campaigns()
    return {
        "recovery_id": str(entry.id),
        "abandonment_id": str(entry.abandonment_id),
        "mail_token": mail.token,
        "unsubscribe_token": mail.one_click.rpartition("/")[2],
        "campaign_id": str(campaigns.items[0].id),
        "suppression_id": str(suppressed.id),
    }


async def _rules(shop: Shop) -> dict[str, str]:
    pricing, catalogue = shop.staff.pricing, shop.staff.catalogue
    promotion = await pricing.promotions.create(
        NewPromotion(name="Ours", code=OWN_CODE, type="PERCENTAGE_OFF", scope="CART", basis_points=500)
    )
    rate = await pricing.tax_rates.create(NewTaxRate(name="VAT", type="VAT", country="DE", rate_ppm=190_000))
    zone = await pricing.shipping_zones.create(NewZone(name="Near", countries=["DE"]))
    post = NewShippingRule(name="Post", type="FLAT_RATE", amounts={"USD": 500}, zone_id=zone.id)
    rule = await pricing.shipping_rules.create(post)
    return {
        "promotion_id": str(promotion.id),
        "rate_id": str(rate.id),
        "zone_id": str(zone.id),
        "rule_id": str(rule.id),
        "warehouse_id": str((await catalogue.list_warehouses()).items[0].id),
    }


async def _dead_letters(shop: Shop) -> dict[str, str]:
    """Spoil one message about the company in each service, and return the dead letters that come of it."""
    spoiled = json.dumps({"specversion": "1.0", "companyid": str(shop.company_id)}).encode()
    found = {}
    async with connected(shop.stack) as broker:
        for service in SERVICES:
            queue = next(name for name in PLANS if name.startswith(f"{service}."))
            await broker.put_into(queue, "cart.converted.v1", spoiled, ids.uuid7())
    for service in SERVICES:

        async def look(service: str = service) -> list[DeadLetterView]:
            return (await shop.staff.operations.list_dead_letters(service)).items

        found[service] = str((await poll(look, bool))[0].id)
    return found
