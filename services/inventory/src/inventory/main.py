"""The inventory service, put together."""

from pathlib import Path

from fastapi import FastAPI
from servicekit.roles import api
from servicekit.roles.service import Service

from inventory.bundles.routes import router as bundles_router
from inventory.catalogue.routes import admin_router as catalogue_router
from inventory.catalogue.routes import internal_router as catalogue_internal_router
from inventory.holds.routes import router as holds_router
from inventory.imports.routes import MAX_BYTES, PATH
from inventory.imports.routes import router as import_router
from inventory.jobs import jobs
from inventory.parts import Parts, open_parts
from inventory.republish import STATE
from inventory.settings import InventorySettings
from inventory.stock.routes import router as stock_router
from inventory.storefront.routes import router as storefront_router
from inventory.subscriptions import subscriptions
from inventory.tables import METADATA
from inventory.warehouses.routes import router as warehouses_router


def create_app(settings: InventorySettings) -> FastAPI:
    """The production application."""
    return api.create_app(
        SERVICE,
        settings,
        routers=(
            import_router,
            catalogue_router,
            catalogue_internal_router,
            stock_router,
            warehouses_router,
            holds_router,
            storefront_router,
            bundles_router,
        ),
        larger_bodies={PATH: MAX_BYTES},
        description="Catalogue, stock and holds.",
    )


SERVICE: Service[InventorySettings, Parts] = Service(
    name="inventory",
    settings=InventorySettings,
    metadata=METADATA,
    migrations=Path(__file__).parents[2] / "migrations",
    create_app=create_app,
    subscriptions=subscriptions,
    open_parts=open_parts,
    jobs=jobs,
    republish=STATE,
)
