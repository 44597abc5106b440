"""The scenarios of imports: files, what was brought in, and what is on the shelf then."""

import io
import json
from typing import Any

from inventory.catalogue import list_repository as catalogue
from inventory.catalogue.domain import WholeProduct
from inventory.imports.domain.report import Report
from inventory.imports.use_cases.import_file import import_file

from .shop import Shop


def json_lines(*rows: dict[str, Any]) -> bytes:
    """A JSON Lines file."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def mug(**changes: Any) -> dict[str, Any]:
    """A product's line."""
    return {
        "handle": "mug",
        "title": "Mug",
        "categories": ["kitchen"],
        "variants": [{"sku": "MUG-S", "options": {"size": "S"}, "prices": {"USD": 1250}, "stock": 5}],
        **changes,
    }


async def imports(
    shop: Shop, content: bytes, kind: str = "application/x-ndjson", currency: str | None = None
) -> Report:
    """Bring in a file."""
    return await import_file(shop.database, shop.company_id, io.BytesIO(content), kind, currency=currency)


async def shelf(shop: Shop) -> dict[str, WholeProduct]:
    """The company's products by handle."""
    async with shop.database.unit(shop.company_id) as unit:
        return {whole.product.handle: whole for whole in await catalogue.page(unit, after=None, limit=99)}


def counts(report: Report) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, rejected."""
    return report.created, report.updated, report.unchanged, report.rejected
