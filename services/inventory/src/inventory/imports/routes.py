"""The staff's route for bringing in a catalogue."""

from functools import partial
from tempfile import TemporaryFile
from typing import Annotated

from contracts.audit import FieldChange
from contracts.money import CurrencyCode
from fastapi import APIRouter, Depends, Query, Request
from servicekit.auth.caller import Caller
from servicekit.errors import (
    BodyTooLarge413,
    Conflict409,
    ServiceUnavailable503,
    UnsupportedMediaType415,
    ValidationFailed422,
    problems,
)
from servicekit.http.answers import Json
from servicekit.process.kit import kit_of
from servicekit.routes.audits import AuditDep, AuditSubject
from servicekit.routes.callers import admin
from servicekit.routes.rate_limits import rate_limit
from starlette.responses import Response

from inventory.imports.schemas import ImportReportView
from inventory.imports.use_cases.import_file import READERS, import_file

PATH = "/api/admin/products/import"
MAX_BYTES = 64 * 1024 * 1024

PERMISSION = "/internal/imports/permission"
"""Where the gateway asks who may send a file, before it reads one (docs/adr/0014)."""

IMPORT = AuditSubject("product_import")
Importer = Annotated[Caller, Depends(admin("admin"))]

PriceCurrency = Annotated[CurrencyCode | None, Query(description="Of a Shopify file's prices; else the first site's.")]

router = APIRouter(tags=["catalogue"])

_CONTENT = {kind: {"schema": {"type": "string"}} for kind in READERS}


@router.post(
    PATH,
    response_model=ImportReportView,
    responses=problems(
        UnsupportedMediaType415, BodyTooLarge413, ValidationFailed422, Conflict409, ServiceUnavailable503
    ),
    openapi_extra={"requestBody": {"required": True, "content": _CONTENT}},
    dependencies=[rate_limit("import_products", "30/minute"), IMPORT.audited("run")],
)
async def import_catalogue(
    request: Request, caller: Importer, audit: AuditDep, currency: PriceCurrency = None
) -> Response:
    """Bring in products from CSV (ours or Shopify's) or JSON Lines, up to 64 MiB; answers what became of each.

    The upload is kept on disk until it is complete, so a connection that breaks changes nothing.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in READERS:
        raise UnsupportedMediaType415("Send one of these: {contentTypes}.", contentTypes=", ".join(READERS))
    with TemporaryFile() as upload:
        async for chunk in request.stream():
            upload.write(chunk)
        size = upload.tell()
        upload.seek(0)
        begin = partial(audit.record_alone, request.scope["request_id"], {"bytes": FieldChange(after=size)})
        report = await import_file(
            kit_of(request).database, caller.company_id, upload, content_type, begin=begin, currency=currency
        )
    return Json(ImportReportView.of(report))


@router.get(PERMISSION, status_code=204)
async def judge_upload(caller: Importer) -> None:
    """Whether this caller may send a file: 204, or the refusal that the import itself would give."""
