"""The staff's routes for bundles."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.http.free_text import FREE_TEXT
from servicekit.http.paging import CursorText, Limit, Page, after_id, paginate
from servicekit.routes.audits import AuditSubject, by_path
from servicekit.routes.callers import Admin
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.rate_limits import STAFF_CHANGES
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from inventory.bundles import repository, service
from inventory.bundles.schemas import BundlePatch, BundleView, NewBundle
from inventory.errors import BundleNotFound, KeyTaken, ProductNotFound

router = APIRouter(prefix="/api/admin/bundles", tags=["catalogue"])

BUNDLE = AuditSubject("bundle", "bundle_id", by_path("bundle_id", service.read_bundle), BundleView.of)


@router.get("", response_model=Page[BundleView])
async def list_bundles(
    *,
    _: Admin,
    unit: TenantUnitDep,
    limit: Limit = 50,
    cursor: CursorText = None,
    slug: Annotated[str | None, Query(max_length=100, pattern=FREE_TEXT)] = None,
    deleted: Annotated[bool, Query(description="Deleted ones too.")] = False,
) -> Response:
    """The company's bundles with their components, the oldest first."""
    found = await repository.page(unit, after=after_id(cursor), limit=limit + 1, slug=slug, with_deleted=deleted)
    return Json(paginate(found, limit, BundleView.of, lambda bundle: (bundle.id,)))


@router.post(
    "",
    status_code=201,
    response_model=BundleView,
    responses=problems(KeyTaken, ProductNotFound),
    dependencies=[STAFF_CHANGES, BUNDLE.audited("created")],
)
async def create_bundle(body: NewBundle, _: Admin, once: OnceDep) -> Response:
    """Make a bundle of variants that exist."""
    return await once.show(201, BundleView.of, service.create_bundle, once.unit, body.to_bundle())


@router.get("/{bundle_id}", response_model=BundleView, responses=problems(BundleNotFound))
async def read_bundle(bundle_id: UUID, _: Admin, unit: TenantUnitDep) -> Response:
    """One bundle, deleted or not."""
    return Json(BundleView.of(await service.read_bundle(unit, bundle_id)))


@router.patch(
    "/{bundle_id}",
    response_model=BundleView,
    responses=problems(BundleNotFound, KeyTaken, ProductNotFound),
    dependencies=[STAFF_CHANGES, BUNDLE.audited("changed")],
)
async def change_bundle(bundle_id: UUID, body: BundlePatch, _: Admin, once: OnceDep) -> Response:
    """Set the given fields of a bundle."""
    return await once.show(200, BundleView.of, service.change_bundle, once.unit, bundle_id, body.given())


@router.delete(
    "/{bundle_id}",
    response_model=BundleView,
    responses=problems(BundleNotFound),
    dependencies=[STAFF_CHANGES, BUNDLE.audited("withdrawn")],
)
async def delete_bundle(bundle_id: UUID, _: Admin, once: OnceDep) -> Response:
    """Delete a bundle: it is off sale and in no list, stays for carts that name it, and may be made active again."""
    return await once.show(200, BundleView.of, service.delete_bundle, once.unit, bundle_id)
