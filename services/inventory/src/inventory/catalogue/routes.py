"""The staff's routes for products and variants, and the one where other services ask for a product."""

from typing import Annotated
from uuid import UUID

from contracts.inventory_calls import ProductFound
from fastapi import APIRouter, Query, Request
from servicekit.errors import problems
from servicekit.http.answers import Answer, Json
from servicekit.http.paging import Cursor, CursorText, Limit, Page
from servicekit.routes.callers import Admin, ServiceCaller
from servicekit.routes.idempotency import idempotent
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from inventory.catalogue import service
from inventory.catalogue.domain import published_product
from inventory.catalogue.schemas import (
    NewProduct,
    NewVariantOfProduct,
    ProductPatch,
    ProductView,
    VariantPatch,
    VariantView,
)
from inventory.errors import KeyTaken, ProductNotFound

admin_router = APIRouter(prefix="/api/admin", tags=["catalogue"])
internal_router = APIRouter(prefix="/internal", tags=["internal"])

PRODUCT = "/products/{product_id:uuid}"  # `:uuid`: "/products/import" is no product, whatever the method
HandleFilter = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]
SkuFilter = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]


@admin_router.get("/products", response_model=Page[ProductView])
async def list_products(
    *,
    caller: Admin,
    unit: TenantUnitDep,
    limit: Limit = 50,
    cursor: CursorText = None,
    handle: HandleFilter = None,
    active: bool | None = None,
) -> Response:
    """The company's products with their variants, the oldest first."""
    after = Cursor.decode(cursor, UUID)
    found = await service.list_products(
        unit, after=after[0] if after else None, limit=limit, handle=handle, active=active
    )
    items = [ProductView.of(whole) for whole in found.items]
    return Json(Page(items=items, next_cursor=Cursor.encode(items[-1].id) if found.more else None))


@admin_router.post("/products", status_code=201, response_model=ProductView, responses=problems(KeyTaken))
async def create_product(body: NewProduct, request: Request, caller: Admin, unit: TenantUnitDep) -> Response:
    """Make a product with its variants and their opening stock."""

    async def effect() -> Answer:
        return Answer(201, ProductView.of(await service.create_product(unit, body.to_draft())))

    return await idempotent(request, unit, caller, effect)


@admin_router.get(PRODUCT, response_model=ProductView, responses=problems(ProductNotFound))
async def read_product(product_id: UUID, caller: Admin, unit: TenantUnitDep) -> Response:
    """One product with its variants."""
    return Json(ProductView.of(await service.read_product(unit, product_id)))


@admin_router.patch(PRODUCT, response_model=ProductView, responses=problems(ProductNotFound, KeyTaken))
async def change_product(
    product_id: UUID, body: ProductPatch, request: Request, caller: Admin, unit: TenantUnitDep
) -> Response:
    """Set the given fields of a product."""

    async def effect() -> Answer:
        changed = await service.change_product(unit, product_id, body.given())
        return Answer(200, ProductView.of(changed))

    return await idempotent(request, unit, caller, effect)


@admin_router.delete(PRODUCT, response_model=ProductView, responses=problems(ProductNotFound))
async def deactivate_product(product_id: UUID, request: Request, caller: Admin, unit: TenantUnitDep) -> Response:
    """Take a product off sale; it stays for the carts and orders that name it, and may be made active again."""

    async def effect() -> Answer:
        changed = await service.change_product(unit, product_id, {"active": False})
        return Answer(200, ProductView.of(changed))

    return await idempotent(request, unit, caller, effect)


@admin_router.get("/variants", response_model=Page[VariantView])
async def list_variants(
    *,
    caller: Admin,
    unit: TenantUnitDep,
    limit: Limit = 50,
    cursor: CursorText = None,
    product_id: Annotated[UUID | None, Query(alias="productId")] = None,
    sku: SkuFilter = None,
) -> Response:
    """The company's variants, the oldest first."""
    after = Cursor.decode(cursor, UUID)
    found = await service.list_variants(
        unit, after=after[0] if after else None, limit=limit, product_id=product_id, sku=sku
    )
    items = [VariantView.of(variant, available) for variant, available in found.items]
    return Json(Page(items=items, next_cursor=Cursor.encode(items[-1].id) if found.more else None))


@admin_router.post(
    "/variants", status_code=201, response_model=VariantView, responses=problems(ProductNotFound, KeyTaken)
)
async def add_variant(body: NewVariantOfProduct, request: Request, caller: Admin, unit: TenantUnitDep) -> Response:
    """Add a variant to a product."""

    async def effect() -> Answer:
        variant = await service.add_variant(unit, body.product_id, body.to_draft())
        return Answer(201, VariantView.of(variant, body.stock))

    return await idempotent(request, unit, caller, effect)


@admin_router.patch("/variants/{variant_id}", response_model=VariantView, responses=problems(ProductNotFound, KeyTaken))
async def change_variant(
    variant_id: UUID, body: VariantPatch, request: Request, caller: Admin, unit: TenantUnitDep
) -> Response:
    """Set the given fields of a variant."""

    async def effect() -> Answer:
        variant, available = await service.change_variant(unit, variant_id, body.given())
        return Answer(200, VariantView.of(variant, available))

    return await idempotent(request, unit, caller, effect)


@internal_router.get("/products/{product_id}", response_model=ProductFound, responses=problems(ProductNotFound))
async def find_product(product_id: UUID, caller: ServiceCaller, unit: TenantUnitDep) -> Response:
    """A product as its last event would say it, for a service that has not yet received that event."""
    whole = await service.read_product(unit, product_id)
    return Json(
        ProductFound.model_construct(
            product_id=product_id, version=whole.product.version, product=published_product(whole)
        )
    )
