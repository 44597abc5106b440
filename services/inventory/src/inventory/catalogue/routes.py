"""The staff's routes for products and variants, and the one where other services read a product."""

from typing import Annotated
from uuid import UUID

from contracts.inventory_calls import ProductFound
from fastapi import APIRouter, Query
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.http.free_text import FREE_TEXT
from servicekit.http.paging import CursorText, Limit, Page, after_id, paginate
from servicekit.routes.audits import AuditSubject, by_path
from servicekit.routes.callers import Admin, ServiceCaller
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.rate_limits import STAFF_CHANGES
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from inventory.catalogue import list_repository, service
from inventory.catalogue.domain import ProductFilter, ProductStatus, Variant, published_product
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

PRODUCT_PATH = "/products/{product_id:uuid}"  # `:uuid`: "/products/import" is no product, whatever the method


def _variant_view(found: tuple[Variant, int]) -> VariantView:
    variant, available = found
    return VariantView.of(variant, available)


PRODUCT = AuditSubject("product", "product_id", by_path("product_id", service.read_product), ProductView.of)
VARIANT = AuditSubject("variant", "variant_id", by_path("variant_id", service.read_variant), _variant_view)
HandleFilter = Annotated[str | None, Query(max_length=200, pattern=FREE_TEXT)]
StatusFilter = Annotated[ProductStatus | None, Query(description="Without it, all but the deleted ones.")]
CategoryFilter = Annotated[str | None, Query(max_length=100, pattern=FREE_TEXT)]
Search = Annotated[
    str | None,
    Query(max_length=200, pattern=FREE_TEXT, description="Beginnings of words, all of which a product has; or a sku."),
]
SkuFilter = Annotated[str | None, Query(max_length=100, pattern=FREE_TEXT)]


@admin_router.get("/products", response_model=Page[ProductView])
async def list_products(
    *,
    _: Admin,
    unit: TenantUnitDep,
    limit: Limit = 50,
    cursor: CursorText = None,
    handle: HandleFilter = None,
    active: bool | None = None,
    status: StatusFilter = None,
    category: CategoryFilter = None,
    q: Search = None,
) -> Response:
    """The company's products with their variants, the oldest first; deleted ones with `status=deleted` alone."""
    wanted = ProductFilter(handle=handle, active=active, status=status, category=category, q=q)
    found = await list_repository.page(unit, after=after_id(cursor), limit=limit + 1, wanted=wanted)
    return Json(paginate(found, limit, ProductView.of, lambda whole: (whole.product.id,)))


@admin_router.post(
    "/products",
    status_code=201,
    response_model=ProductView,
    responses=problems(KeyTaken),
    dependencies=[STAFF_CHANGES, PRODUCT.audited("created")],
)
async def create_product(body: NewProduct, _: Admin, once: OnceDep) -> Response:
    """Make a product with its variants and their opening stock."""
    return await once.show(201, ProductView.of, service.create_product, once.unit, body.to_draft())


@admin_router.get(PRODUCT_PATH, response_model=ProductView, responses=problems(ProductNotFound))
async def read_product(product_id: UUID, _: Admin, unit: TenantUnitDep) -> Response:
    """One product with its variants."""
    return Json(ProductView.of(await service.read_product(unit, product_id)))


@admin_router.patch(
    PRODUCT_PATH,
    response_model=ProductView,
    responses=problems(ProductNotFound, KeyTaken),
    dependencies=[STAFF_CHANGES, PRODUCT.audited("changed")],
)
async def change_product(product_id: UUID, body: ProductPatch, _: Admin, once: OnceDep) -> Response:
    """Set the given fields of a product."""
    return await once.show(200, ProductView.of, service.change_product, once.unit, product_id, body.given())


@admin_router.delete(
    PRODUCT_PATH,
    response_model=ProductView,
    responses=problems(ProductNotFound),
    dependencies=[STAFF_CHANGES, PRODUCT.audited("withdrawn")],
)
async def delete_product(product_id: UUID, _: Admin, once: OnceDep) -> Response:
    """Delete a product: it is off sale and in no list, stays for the carts and orders that name it, and may be made
    active again.
    """
    return await once.show(200, ProductView.of, service.delete_product, once.unit, product_id)


@admin_router.get("/variants", response_model=Page[VariantView])
async def list_variants(
    *,
    _: Admin,
    unit: TenantUnitDep,
    limit: Limit = 50,
    cursor: CursorText = None,
    product_id: Annotated[UUID | None, Query(alias="productId")] = None,
    sku: SkuFilter = None,
) -> Response:
    """The company's variants, the oldest first; none of a deleted product."""
    found = await list_repository.variant_page(
        unit, after=after_id(cursor), limit=limit + 1, product_id=product_id, sku=sku
    )
    return Json(paginate(found, limit, _variant_view, lambda row: (row[0].id,)))


@admin_router.post(
    "/variants",
    status_code=201,
    response_model=VariantView,
    responses=problems(ProductNotFound, KeyTaken),
    dependencies=[STAFF_CHANGES, VARIANT.audited("created")],
)
async def add_variant(body: NewVariantOfProduct, _: Admin, once: OnceDep) -> Response:
    """Add a variant to a product."""
    return await once.show(201, _variant_view, service.add_variant, once.unit, body.product_id, body.to_draft())


@admin_router.patch(
    "/variants/{variant_id}",
    response_model=VariantView,
    responses=problems(ProductNotFound, KeyTaken),
    dependencies=[STAFF_CHANGES, VARIANT.audited("changed")],
)
async def change_variant(variant_id: UUID, body: VariantPatch, _: Admin, once: OnceDep) -> Response:
    """Set the given fields of a variant."""
    return await once.show(200, _variant_view, service.change_variant, once.unit, variant_id, body.given())


@internal_router.get("/products/{product_id}", response_model=ProductFound, responses=problems(ProductNotFound))
async def find_product(product_id: UUID, _: ServiceCaller, unit: TenantUnitDep) -> Response:
    """A product as its last event would say it, for a service that has not yet received that event."""
    whole = await service.read_product(unit, product_id)
    return Json(
        ProductFound.model_construct(
            product_id=product_id, version=whole.product.version, product=published_product(whole)
        )
    )
