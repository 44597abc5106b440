"""The service does what its OpenAPI document says, whatever is sent to it."""

import secrets
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from recovery.links.domain import Claims, Purpose
from recovery.mail.mailroom import Mailroom
from recovery.main import create_app
from recovery.settings import RecoverySettings
from schemathesis import AuthContext
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    negative_data_rejection,
    positive_data_acceptance,
)
from servicekit.ids import new_id
from servicekit.testing import Servers, make_settings, mint_jwt

NOWHERE = Servers("postgresql://nowhere", "redis://nowhere", "amqp://nowhere")
SETTINGS = make_settings(
    RecoverySettings,
    NOWHERE,
    NOWHERE.postgres_url,
    cart_url="http://nowhere",
    cart_recovery_hmac_secret="first:a secret of the tests that signs only their links",
    ses_from="carts@shop.example",
)
DOCUMENT = create_app(SETTINGS).openapi()
COMPANY = new_id()

NOT_CHECKED = [
    positive_data_acceptance,  # that steps come in order is beyond a JSON Schema
    allow_header_conformance,  # the framework's 405 names the methods of the first route at a path
]
TOKEN_ROUTES = ("/r/", "/api/recovery/", "/api/cart/recovery/")

api = schemathesis.openapi.from_dict(
    DOCUMENT, config=SchemathesisConfig.from_dict({"generation": {"allow-extra-parameters": False}})
).exclude(path_regex="^/api/admin/ops/")  # the chassis', tried with its broker in its own tests

SPECIFIED = {
    ("get", "/r/{token}"),
    ("get", "/api/cart/recovery/{token}"),
    ("post", "/api/cart/recovery/{token}/restore"),
    ("post", "/api/cart/recovery/{token}/click"),
    ("get", "/api/recovery/unsubscribe/{token}"),
    ("post", "/api/recovery/unsubscribe/{token}"),
    ("get", "/api/admin/carts/abandoned"),
    ("post", "/api/admin/carts/abandoned/{recovery_id}/send"),
    ("post", "/api/admin/carts/abandoned/{recovery_id}/dismiss"),
    ("get", "/api/admin/recovery/campaigns"),
    ("post", "/api/admin/recovery/campaigns"),
    ("get", "/api/admin/recovery/campaigns/{campaign_id}"),
    ("patch", "/api/admin/recovery/campaigns/{campaign_id}"),
    ("delete", "/api/admin/recovery/campaigns/{campaign_id}"),
    ("get", "/api/admin/recovery/suppressions"),
    ("post", "/api/admin/recovery/suppressions"),
    ("delete", "/api/admin/recovery/suppressions/{suppression_id}"),
    ("get", "/api/admin/recovery/preview"),
}
"""The rows of api.md that are recovery's and are built."""


@api.auth()
class Credentials:
    """An admin's."""

    def get(self, case: schemathesis.Case[Any], context: AuthContext) -> dict[str, str]:
        """The header that opens the route."""
        return {"authorization": f"Bearer {mint_jwt(COMPANY, 'ada', roles=['admin'])}"}

    def set(self, case: schemathesis.Case[Any], data: dict[str, str], context: AuthContext) -> None:
        """Send it from an address of its own, and in a token's place sometimes a token of ours, of no recovery."""
        case.headers.update(data | {"x-forwarded-for": str(IPv4Address(secrets.randbits(32)))})
        if case.path.startswith(TOKEN_ROUTES) and len(str(case.path_parameters["token"])) % 2:
            purpose = Purpose.UNSUBSCRIBE if "unsubscribe" in case.path else Purpose.RESTORE
            claims = Claims(purpose, COMPANY, new_id(), 1, None)
            case.path_parameters["token"] = Mailroom.of(SETTINGS).keys.sign(claims)


@api.parametrize()
@settings(max_examples=15, derandomize=True, deadline=timedelta(seconds=30), suppress_health_check=list(HealthCheck))
def test_every_answer_is_documented(case: schemathesis.Case[Any], address: str) -> None:
    """No 5xx, and no status, content type or body that the document does not name."""
    reads_any_text = [negative_data_rejection] if case.path.startswith(TOKEN_ROUTES) else []
    case.call_and_validate(base_url=address, excluded_checks=[*NOT_CHECKED, *reads_any_text])


def test_every_specified_route_is_there() -> None:
    """The paths and methods of api.md."""
    there = {(method, path) for path, operations in DOCUMENT["paths"].items() for method in operations}

    assert there >= SPECIFIED
