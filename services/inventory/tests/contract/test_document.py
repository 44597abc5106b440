"""The service does what its OpenAPI document says, whatever is sent to it, and the document what api.md promises."""

from typing import Any

import schemathesis
from inventory.main import SERVICE
from schemathesis import SerializationContext
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    negative_data_rejection,
    positive_data_acceptance,
)
from servicekit.cli.openapi_document import openapi_of
from servicekit.ids import new_id
from servicekit.testing.conformance import Case, api_of, call, credentials, examples, open_routes

DOCUMENT = openapi_of(SERVICE)
COMPANY = new_id()

NOT_CHECKED = (
    positive_data_acceptance,  # that a currency exists, or that fields fit together, is beyond a JSON Schema
    allow_header_conformance,  # the framework's 405 names the methods of the first route at a path
)
TOLERANT = ("/internal/holds", "/api/admin/products/import")
"""Where more is accepted than the schema says: internal bodies ignore fields that they do not know, so that a newer
sender is understood, and what is wrong in a file is reported row by row."""

api = api_of(SERVICE)
open_routes(api, lambda case: credentials(case, COMPANY, roles=("admin",)))


@schemathesis.serializer("application/x-ndjson")
def as_it_is(context: SerializationContext, value: Any) -> bytes:
    """Send a text body as it was made up."""
    return str(value).encode()


@api.parametrize()
@examples(10)
def test_every_answer_is_documented(case: Case, address: str) -> None:
    """No 5xx, and no status, content type or body that the document does not name."""
    tolerant = (negative_data_rejection,) if case.path.startswith(TOLERANT) else ()
    call(case, address, not_checked=(*NOT_CHECKED, *tolerant))


def test_the_routes_of_the_specification_are_there() -> None:
    """Every path that api.md gives to inventory, and those that other services call."""
    assert {
        "/api/admin/products",
        "/api/admin/products/{product_id}",
        "/api/admin/products/import",
        "/api/catalogue/products",
        "/api/catalogue/products/{slug}",
        "/api/catalogue/categories",
        "/api/admin/bundles",
        "/api/admin/bundles/{bundle_id}",
        "/api/admin/variants",
        "/api/admin/variants/{variant_id}",
        "/api/admin/warehouses",
        "/api/admin/stock",
        "/api/admin/stock/{variant_id}/adjust",
        "/internal/holds",
        "/internal/holds/by-cart/{cart_id}",
        "/internal/holds/by-cart/{cart_id}/extend",
        "/internal/products/{product_id}",
    } <= set(DOCUMENT["paths"])


def test_a_hold_has_the_shape_that_clients_rely_on() -> None:
    """Every field of "Hold" in api.md."""
    schemas = DOCUMENT["components"]["schemas"]

    assert {"status", "expiresAt", "secondsLeft", "lines"} <= set(schemas["HoldState"]["properties"])
    assert {"sku", "quantity"} <= set(schemas["HoldStateLine"]["properties"])
    assert schemas["HoldState"]["properties"]["status"]["enum"] == [
        "ACTIVE",
        "COMMITTED",
        "RELEASED",
        "EXPIRED",
        "NONE",
    ]


def test_no_shopper_is_shown_what_a_product_costs_the_merchant() -> None:
    """Costs are fields of staff's bodies, and of `Variant`, which other services read; of nothing else."""
    shown = [
        name for name, schema in DOCUMENT["components"]["schemas"].items() if "costs" in schema.get("properties", {})
    ]

    assert sorted(shown) == ["NewVariant", "NewVariantOfProduct", "Variant", "VariantPatch", "VariantView"]
