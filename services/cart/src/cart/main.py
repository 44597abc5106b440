"""What the cart service is made of; `parts.py` wires it."""

from pathlib import Path

from fastapi import FastAPI
from servicekit.clock import Clock
from servicekit.roles.api import create_app as create_service_app
from servicekit.roles.service import Service
from servicekit.settings import load

from cart import health
from cart.bundles import customer_routes as customer_bundles
from cart.bundles import guest_routes as guest_bundles
from cart.carts.routes import customer, guest, internal
from cart.comparisons import routes as comparison_routes
from cart.delivery import customer_routes as customer_delivery
from cart.delivery import guest_routes as guest_delivery
from cart.erasures import routes as erasure_routes
from cart.estimates import routes as estimate_routes
from cart.holds import routes as hold_routes
from cart.jobs import jobs
from cart.parts import open_parts
from cart.republish import STATE
from cart.saved_items import customer_routes as customer_saved_items
from cart.saved_items import guest_routes as guest_saved_items
from cart.settings import CartSettings
from cart.sharing import customer_routes as customer_sharing
from cart.sharing import guest_routes as guest_sharing
from cart.sharing import link_routes
from cart.sites import routes as site_routes
from cart.staff import routes as staff_routes
from cart.streams import routes as stream_routes
from cart.subscriptions import subscriptions
from cart.tables import METADATA
from cart.wishlists import move_routes as wish_moves
from cart.wishlists import routes as wishlist_routes
from cart.wishlists import shared_routes as shared_wishlists

ROUTERS = (
    guest.router,
    guest_bundles.router,
    guest_delivery.router,
    guest_saved_items.router,
    guest_sharing.router,
    hold_routes.router,
    estimate_routes.router,
    customer.router,
    customer_bundles.router,
    customer_delivery.router,
    customer_saved_items.router,
    customer_sharing.router,
    link_routes.router,
    stream_routes.router,
    wishlist_routes.router,
    wish_moves.router,
    shared_wishlists.router,
    comparison_routes.router,
    comparison_routes.shared_router,
    staff_routes.router,
    site_routes.router,
    erasure_routes.router,
    internal.router,
    health.router,
)


def create_app(settings: CartSettings | None = None, clock: Clock | None = None) -> FastAPI:
    """The production application; without settings they are read from the environment."""
    return create_service_app(
        SERVICE,
        settings or load(CartSettings),
        routers=ROUTERS,
        clock=clock,
        description="Carts of guests and customers: priced, checked, abandoned, restored and ordered.",
    )


SERVICE = Service(
    name="cart",
    settings=CartSettings,
    metadata=METADATA,
    migrations=Path(__file__).parents[2] / "migrations",
    create_app=create_app,
    subscriptions=subscriptions,
    open_parts=open_parts,
    jobs=jobs,
    republish=STATE,
    observe_outbox=lambda kit: kit.parts.announcer.announce_rows,
)
