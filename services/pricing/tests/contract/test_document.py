"""The service does what its OpenAPI document says, whatever is sent to it."""

from datetime import timedelta
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from pricing.main import create_app
from pricing.settings import Settings
from schemathesis import AuthContext
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
DOCUMENT = create_app(make_settings(Settings, NOWHERE, NOWHERE.postgres_url)).openapi()
COMPANY = new_id()

NOT_CHECKED = [
    positive_data_acceptance,  # that fields fit together, or that a currency exists, is beyond a JSON Schema
    allow_header_conformance,  # the framework's 405 names the methods of the first route at a path
]

api = schemathesis.openapi.from_dict(
    DOCUMENT, config=SchemathesisConfig.from_dict({"generation": {"allow-extra-parameters": False}})
).exclude(path_regex="^/api/admin/ops/")  # the chassis' own, tested with it


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
    reads_only = [negative_data_rejection] if case.path.startswith("/internal") else []  # ignores Idempotency-Key
    case.call_and_validate(base_url=address, excluded_checks=[*NOT_CHECKED, *reads_only])


def test_routes_are_those_of_the_api() -> None:
    """The paths that admins and the cart service rely on (api.md)."""
    nouns = {
        "promotions": "promotion_id",
        "tax-rates": "rate_id",
        "shipping-zones": "zone_id",
        "shipping-rules": "rule_id",
    }
    crud = {f"/api/admin/{noun}{rest}" for noun, key in nouns.items() for rest in ("", f"/{{{key}}}")}
    internal = {"/internal/codes/resolve", "/internal/addresses/resolve"}

    paths = DOCUMENT["paths"]

    assert {path for path in paths if path.startswith("/internal")} == internal
    assert crud | {"/api/admin/pricing-settings"} == {
        path for path in paths if path.startswith("/api/admin") and "/ops/" not in path
    }
    for noun, key in nouns.items():
        assert set(paths[f"/api/admin/{noun}"]) == {"get", "post"}
        assert set(paths[f"/api/admin/{noun}/{{{key}}}"]) == {"get", "patch", "delete"}
        page = paths[f"/api/admin/{noun}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        assert set(DOCUMENT["components"]["schemas"][page.rsplit("/", 1)[1]]["properties"]) == {"items", "nextCursor"}
