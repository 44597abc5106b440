"""What exists, what it costs in the catalogue, and what is left of it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Unpack
from uuid import UUID

from cartwheel_client.connection import Conditions, Connection
from cartwheel_client.models.inventory import (
    Adjustment,
    BundlePatch,
    BundleView,
    BundleViewPage,
    ImportReportView,
    NewBundle,
    NewProduct,
    NewVariantOfProduct,
    NewWarehouse,
    ProductPatch,
    ProductView,
    ProductViewPage,
    StockView,
    StockViewPage,
    VariantPatch,
    VariantView,
    VariantViewPage,
    WarehouseView,
    WarehouseViewPage,
)

_PRODUCTS, _VARIANTS = "/api/admin/products", "/api/admin/variants"
_BUNDLES = "/api/admin/bundles"
_STOCK, _WAREHOUSES = "/api/admin/stock", "/api/admin/warehouses"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Products with their variants, and stock in warehouses."""

    connection: Connection

    async def import_products(self, rows: Iterable[Mapping[str, Any]]) -> ImportReportView:
        """Bring in products, a row each; rows that do not fit are in the report's `errors`, the others are in."""
        content = "\n".join(json.dumps(row) for row in rows).encode()
        path = f"{_PRODUCTS}/import"
        return await self.connection.upload(ImportReportView, path, content, "application/x-ndjson")

    async def import_csv(self, text: str) -> ImportReportView:
        """Bring in products from CSV, a row for each variant; as Shopify exports it, in the first site's currency."""
        return await self.connection.upload(ImportReportView, f"{_PRODUCTS}/import", text.encode(), "text/csv")

    async def list_products(
        self,
        *,
        handle: str | None = None,
        active: bool | None = None,
        status: str | None = None,
        category: str | None = None,
        q: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> ProductViewPage:
        """A page of products with their variants; deleted ones with `status="deleted"` alone."""
        filters = {"handle": handle, "active": active, "status": status, "category": category, "q": q}
        return await self.connection.read(ProductViewPage, _PRODUCTS, **filters, limit=limit, cursor=cursor)

    async def read_product(self, product_id: UUID) -> ProductView:
        """One product."""
        return await self.connection.read(ProductView, f"{_PRODUCTS}/{product_id}")

    async def create_product(self, product: NewProduct, **conditions: Unpack[Conditions]) -> ProductView:
        """Make a product with its variants."""
        return await self.connection.change(ProductView, "POST", _PRODUCTS, product, conditions=conditions)

    async def change_product(
        self, product_id: UUID, change: ProductPatch, **conditions: Unpack[Conditions]
    ) -> ProductView:
        """Change what the body names."""
        path = f"{_PRODUCTS}/{product_id}"
        return await self.connection.change(ProductView, "PATCH", path, change, conditions=conditions)

    async def withdraw_product(self, product_id: UUID, **conditions: Unpack[Conditions]) -> ProductView:
        """Delete a product: off sale and in no list, kept for the carts that name it."""
        path = f"{_PRODUCTS}/{product_id}"
        return await self.connection.change(ProductView, "DELETE", path, conditions=conditions)

    async def list_variants(
        self,
        *,
        product_id: UUID | None = None,
        sku: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> VariantViewPage:
        """A page of variants."""
        filters = {"productId": product_id, "sku": sku, "limit": limit, "cursor": cursor}
        return await self.connection.read(VariantViewPage, _VARIANTS, **filters)

    async def create_variant(self, variant: NewVariantOfProduct, **conditions: Unpack[Conditions]) -> VariantView:
        """Add a variant to a product."""
        return await self.connection.change(VariantView, "POST", _VARIANTS, variant, conditions=conditions)

    async def change_variant(
        self, variant_id: UUID, change: VariantPatch, **conditions: Unpack[Conditions]
    ) -> VariantView:
        """Change what the body names."""
        path = f"{_VARIANTS}/{variant_id}"
        return await self.connection.change(VariantView, "PATCH", path, change, conditions=conditions)

    async def list_bundles(
        self,
        *,
        slug: str | None = None,
        deleted: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> BundleViewPage:
        """A page of bundles with their components; with `deleted`, also those."""
        filters = {"slug": slug, "deleted": deleted}
        return await self.connection.read(BundleViewPage, _BUNDLES, **filters, limit=limit, cursor=cursor)

    async def read_bundle(self, bundle_id: UUID) -> BundleView:
        """One bundle."""
        return await self.connection.read(BundleView, f"{_BUNDLES}/{bundle_id}")

    async def create_bundle(self, bundle: NewBundle, **conditions: Unpack[Conditions]) -> BundleView:
        """Make a bundle of variants that exist."""
        return await self.connection.change(BundleView, "POST", _BUNDLES, bundle, conditions=conditions)

    async def change_bundle(self, bundle_id: UUID, change: BundlePatch, **conditions: Unpack[Conditions]) -> BundleView:
        """Change what the body names."""
        path = f"{_BUNDLES}/{bundle_id}"
        return await self.connection.change(BundleView, "PATCH", path, change, conditions=conditions)

    async def withdraw_bundle(self, bundle_id: UUID, **conditions: Unpack[Conditions]) -> BundleView:
        """Delete a bundle: off sale and in no list, kept for the carts that name it."""
        path = f"{_BUNDLES}/{bundle_id}"
        return await self.connection.change(BundleView, "DELETE", path, conditions=conditions)

    async def list_stock(
        self,
        *,
        sku: str | None = None,
        product_id: UUID | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> StockViewPage:
        """A page of stock, a row for each variant and warehouse."""
        filters = {"sku": sku, "productId": product_id, "limit": limit, "cursor": cursor}
        return await self.connection.read(StockViewPage, _STOCK, **filters)

    async def adjust_stock(
        self, variant_id: UUID, adjustment: Adjustment, **conditions: Unpack[Conditions]
    ) -> StockView:
        """Correct what is on hand, with a reason."""
        path = f"{_STOCK}/{variant_id}/adjust"
        return await self.connection.change(StockView, "POST", path, adjustment, conditions=conditions)

    async def list_warehouses(self, *, limit: int | None = None, cursor: str | None = None) -> WarehouseViewPage:
        """A page of warehouses."""
        return await self.connection.read(WarehouseViewPage, _WAREHOUSES, limit=limit, cursor=cursor)

    async def create_warehouse(self, warehouse: NewWarehouse, **conditions: Unpack[Conditions]) -> WarehouseView:
        """Make a warehouse."""
        return await self.connection.change(WarehouseView, "POST", _WAREHOUSES, warehouse, conditions=conditions)
