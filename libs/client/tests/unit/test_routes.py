"""The client has a method for every route that is meant for it."""

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from cartwheel_client import Cartwheel, CustomerCart, GuestCart, NotFound, Staff
from cartwheel_client.models import cart, inventory, pricing, recovery

from .answers import CART, ITEM, PRODUCT, TOKEN
from .server import Server, problem

SERVICES = Path(__file__).resolve().parents[4] / "services"
NOT_FOR_THE_CLIENT = {
    "GET /r/{}",  # pages, which a browser opens
    "GET /api/recovery/open/{}",
    "GET /api/recovery/unsubscribe/{}",
    "POST /api/cart/shipping/estimate",  # the rates by GET say the same
    *(f"GET /api/admin/ecommerce-analytics/{name}" for name in ("overview", "cart", "funnel", "recovery")),
    *(f"GET /api/admin/ecommerce-analytics/{name}" for name in ("upsell", "promotions")),  # the same by another path
}
ADDRESS = cart.Address(country="AT", postal_code="1010")

Call = Callable[[], Awaitable[object]]


def shopper_calls(cartwheel: Cartwheel) -> Sequence[Call]:
    """Everything that shoppers and their order system do."""
    guest, customer = cartwheel.guest(TOKEN, cart_id=CART), cartwheel.customer("jwt")
    orders, links = cartwheel.orders("service-jwt"), cartwheel.recovery_links()
    storefront = cartwheel.storefront()
    alike: list[Call] = []
    for shopper in (guest, customer):
        alike += [
            shopper.create,
            shopper.read,
            lambda of=shopper: anext(of.follow()),
            lambda of=shopper: of.add_item(PRODUCT),
            lambda of=shopper: of.set_quantity(ITEM, 2),
            lambda of=shopper: of.remove_item(ITEM),
            lambda of=shopper: of.add_bundle(PRODUCT, selections={ITEM: ITEM}),
            lambda of=shopper: of.remove_bundle(ITEM),
            lambda of=shopper: of.save_for_later(ITEM),
            lambda of=shopper: of.move_to_cart(ITEM),
            lambda of=shopper: of.remove_saved(ITEM),
            shopper.saved_items,
            lambda of=shopper: of.change_items([cart.RemoveOperation(op="remove", item_id=ITEM)]),
            *(shopper.clear, shopper.share, shopper.links),
            lambda of=shopper: of.end_link(ITEM),
            lambda of=shopper: of.copy_shared("token"),
            lambda of=shopper: of.apply_code("CODE"),
            lambda of=shopper: of.remove_code("CODE"),
            lambda of=shopper: of.set_contact("ann@mail.example", consent=True),
            lambda of=shopper: of.set_address("US", state="CA"),
            lambda of=shopper: of.clear_address(),
            lambda of=shopper: of.choose_shipping(ITEM),
            lambda of=shopper: of.clear_shipping(),
            *list_calls(shopper),
        ]
    return [
        *alike,
        *(guest.hold, guest.release_hold, guest.hold_status, guest.offers),
        lambda: guest.shipping_options(ADDRESS),
        lambda: guest.tax(ADDRESS),
        lambda: guest.add_offered(PRODUCT),
        lambda: guest.dismiss_offered(PRODUCT),
        lambda: customer.merge(TOKEN),
        *(storefront.list_products, storefront.categories),
        lambda: cartwheel.shared_lists().wishlist(TOKEN),
        lambda: cartwheel.shared_lists().comparison(TOKEN),
        lambda: storefront.read_product("SLUG"),
        lambda: storefront.shared_cart("token"),
        lambda: orders.read(CART),
        lambda: orders.convert(CART, "order-1"),
        *(lambda call=call: call("token") for call in (links.read, links.click, links.restore, links.unsubscribe)),
        cartwheel.health,
    ]


def list_calls(shopper: GuestCart | CustomerCart) -> Sequence[Call]:
    """Everything about a shopper's wishlist and comparison."""
    wishlist, comparison = shopper.wishlist, shopper.comparison
    return [
        *(wishlist.read, wishlist.share, wishlist.unshare, comparison.read, comparison.share, comparison.unshare),
        lambda: wishlist.add(PRODUCT),
        lambda: wishlist.change(ITEM, priority=1),
        lambda: wishlist.remove(ITEM),
        lambda: wishlist.copy_shared(TOKEN),
        lambda: comparison.add(PRODUCT),
        lambda: comparison.remove(ITEM),
        lambda: shopper.move_wish_to_cart(ITEM),
        lambda: shopper.move_to_wishlist(ITEM),
    ]


def catalogue_calls(staff: Staff) -> Sequence[Call]:
    """Everything about products, sites, companies and carts."""
    variant = inventory.NewVariant(sku="MUG", prices={"USD": 1})
    more = inventory.NewVariantOfProduct(sku="MUG", prices={"USD": 1}, product_id=PRODUCT)
    pair = inventory.ItemBody(variant_ids=[ITEM], quantity=2)
    site, company = cart.CreateSite(name="Shop", currency="USD"), cart.CreateCompany(id=CART, name="Shop")
    catalogue, sites, carts = staff.catalogue, staff.sites, staff.carts
    return [
        lambda: catalogue.import_csv("sku\n"),
        catalogue.list_products,
        lambda: catalogue.read_product(PRODUCT),
        lambda: catalogue.create_product(inventory.NewProduct(title="Mug", variants=[variant])),
        lambda: catalogue.change_product(PRODUCT, inventory.ProductPatch(title="Mug")),
        lambda: catalogue.withdraw_product(PRODUCT),
        catalogue.list_variants,
        lambda: catalogue.create_variant(more),
        lambda: catalogue.change_variant(ITEM, inventory.VariantPatch(title="Mug")),
        catalogue.list_bundles,
        lambda: catalogue.read_bundle(PRODUCT),
        lambda: catalogue.create_bundle(inventory.NewBundle(title="Set", discount_basis_points=1000, items=[pair])),
        lambda: catalogue.change_bundle(PRODUCT, inventory.BundlePatch(title="Set")),
        lambda: catalogue.withdraw_bundle(PRODUCT),
        catalogue.list_stock,
        lambda: catalogue.adjust_stock(ITEM, inventory.Adjustment(delta=1, reason="count")),
        catalogue.list_warehouses,
        lambda: catalogue.create_warehouse(inventory.NewWarehouse(code="B", name="Second")),
        *(staff.companies.list, sites.list, carts.list, carts.stats),
        lambda: staff.companies.create(company),
        lambda: sites.create(site),
        lambda: sites.read(CART),
        lambda: sites.change(CART, cart.ChangeSite(name="Shop")),
        lambda: carts.read(CART),
        lambda: carts.activity(CART),
    ]


def rule_calls(staff: Staff) -> Sequence[Call]:
    """Everything about prices."""
    promotion = pricing.NewPromotion(name="Ten", type="PERCENTAGE_OFF", scope="CART", basis_points=1000)
    rules: list[tuple[Any, Any, Any]] = [
        (staff.pricing.promotions, promotion, pricing.PromotionChange(active=False)),
        (staff.pricing.tax_rates, pricing.NewTaxRate(name="VAT", type="VAT", country="AT", rate_ppm=1), None),
        (staff.pricing.shipping_zones, pricing.NewZone(name="Near"), pricing.ZoneChange(name="Far")),
        (staff.pricing.shipping_rules, pricing.NewShippingRule(name="Post", amounts={"USD": 1}), None),
    ]
    calls: list[Call] = [staff.pricing.settings, lambda: staff.pricing.put_settings(pricing.PutPricingSettings())]
    for kind, new, change in rules:
        calls += [
            kind.list,
            lambda of=kind: of.read(CART),
            lambda of=kind, body=new: of.create(body),
            lambda of=kind, body=change: of.change(CART, body),
            lambda of=kind: of.delete(CART),
        ]
    return calls


def report_calls(staff: Staff) -> Sequence[Call]:
    """Everything about recovery, reports and operations."""
    mails, numbers, operations = staff.recovery, staff.analytics, staff.operations
    campaign = recovery.NewCampaign(name="Mails", steps=[recovery.StepBody(delay_seconds=3600)])
    return [
        *(mails.list_abandoned, mails.list_campaigns, mails.list_suppressions, mails.preview),
        lambda: mails.send_now(CART),
        lambda: mails.dismiss(CART),
        lambda: mails.read_campaign(CART),
        lambda: mails.create_campaign(campaign),
        lambda: mails.change_campaign(CART, recovery.CampaignChange(active=False)),
        lambda: mails.delete_campaign(CART),
        lambda: mails.suppress("ann@mail.example"),
        lambda: mails.lift_suppression(CART),
        *(numbers.overview, numbers.carts, numbers.funnel, numbers.recovery, numbers.upsell, numbers.promotions),
        lambda: numbers.events(CART),
        staff.audit.list_entries,
        lambda: staff.customers.erase("ann"),
        lambda: staff.customers.erasure("ann"),
        lambda: operations.list_jobs("cart"),
        lambda: operations.run_job("cart", "PurgeInbox"),
        lambda: operations.list_dead_letters("cart"),
        lambda: operations.replay_dead_letter("cart", CART),
        lambda: operations.replay_dead_letters("cart", queue="cart.rules", event_type="cart.updated.v1"),
    ]


def documented() -> set[str]:
    """Every route of the services' documents, operations once; of the internal ones those of the order system."""
    routes = set()
    for service in SERVICES.iterdir():
        documents = [json.loads(file.read_text()) for file in service.glob("openapi*.json")]
        for path, item in chain.from_iterable(document["paths"].items() for document in documents):
            is_internal = path.startswith("/internal") and not re.fullmatch(
                r"/internal/carts/{cart_id}(/convert)?", path
            )
            if not is_internal and (service.name == "cart" or not path.startswith("/api/admin/ops/")):
                routes |= {f"{method.upper()} {re.sub('{[^}]+}', '{}', path)}" for method in item}
    return routes - NOT_FOR_THE_CLIENT


async def test_every_documented_route_has_a_method(cartwheel: Cartwheel, server: Server) -> None:
    """A route that a service gains fails here until the client has it, or somebody says why not."""
    server.will(problem(404, "NOT_FOUND"))
    staff = cartwheel.staff("jwt")
    for call in (*shopper_calls(cartwheel), *catalogue_calls(staff), *rule_calls(staff), *report_calls(staff)):
        with pytest.raises(NotFound):
            await call()

    called = {route_of(f"{request.method} {request.path}") for request in server.received}

    assert called == documented()


def route_of(call: str) -> str:
    """The route behind a call: without the query, and with a blank for each parameter."""
    route = re.sub(r"/[0-9a-f]{8}-[0-9a-f-]{27}", "/{}", call.partition("?")[0])
    route = re.sub(rf"/shared/{TOKEN}", "/shared/{}", route)
    return re.sub(
        r"/(customers|discount|jobs|products|recovery|shared-carts|unsubscribe)/(ann|CODE|PurgeInbox|SLUG|token)",
        r"/\1/{}",
        route,
    )
