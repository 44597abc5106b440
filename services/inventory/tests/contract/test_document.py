"""The service does what its OpenAPI document says, whatever is sent to it, and the document what api.md promises."""

from datetime import timedelta
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from inventory.main import create_app
from inventory.settings import InventorySettings
from schemathesis import AuthContext, SerializationContext
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    negative_data_rejection,
    positive_data_acceptance,
)
from servicekit.auth.service_tokens import mint_service_token
from servicekit.ids import new_id
from servicekit.testing import Servers, make_settings, mint_jwt
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

NOWHERE = Servers("postgresql://nowhere", "redis://nowhere", "amqp://nowhere")
DOCUMENT = create_app(make_settings(InventorySettings, NOWHERE, NOWHERE.postgres_url)).openapi()
COMPANY = new_id()

NOT_CHECKED = [
    positive_data_acceptance,  # that a currency exists, or that fields fit together, is beyond a JSON Schema
    allow_header_conformance,  # the framework's 405 names the methods of the first route at a path
]
TOLERANT = ("/internal/holds", "/api/admin/products/import")
"""Where more is accepted than the schema says: internal bodies ignore fields that they do not know, so that a newer
sender is understood, and what is wrong in a file is reported row by row."""

api = schemathesis.openapi.from_dict(
    DOCUMENT, config=SchemathesisConfig.from_dict({"generation": {"allow-extra-parameters": False}})
)


@schemathesis.serializer("application/x-ndjson")
def as_it_is(context: SerializationContext, value: Any) -> bytes:
    """Send a text body as it was made up."""
    return str(value).encode()


@api.auth()
class Credentials:
    """An admin's, or on internal routes another service's."""

    def get(self, case: schemathesis.Case[Any], context: AuthContext) -> dict[str, str]:
        """The headers that open the route."""
        if case.path.startswith("/internal"):
            token = mint_service_token(SERVICE_TOKEN_SECRET, "cart", (), timedelta(hours=1))
            return {"authorization": f"Bearer {token}", "x-company-id": str(COMPANY)}
        return {"authorization": f"Bearer {mint_jwt(COMPANY, 'ada', roles=['admin'])}"}

    def set(self, case: schemathesis.Case[Any], data: dict[str, str], context: AuthContext) -> None:
        """Send them."""
        case.headers.update(data)


@api.parametrize()
@settings(max_examples=10, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_documented(case: schemathesis.Case[Any], address: str) -> None:
    """No 5xx, and no status, content type or body that the document does not name."""
    tolerant = [negative_data_rejection] if case.path.startswith(TOLERANT) else []
    case.call_and_validate(base_url=address, excluded_checks=[*NOT_CHECKED, *tolerant])


def test_the_routes_of_the_specification_are_there() -> None:
    """Every path that api.md gives to inventory, and those that other services call."""
    assert {
        "/api/admin/products",
        "/api/admin/products/{product_id}",
        "/api/admin/products/import",
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
