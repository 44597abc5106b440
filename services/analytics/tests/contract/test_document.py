"""The api answers what its OpenAPI document says, whatever is requested, and the document has what api.md promises."""

from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from analytics.main import create_app
from analytics.settings import AnalyticsSettings
from hypothesis import HealthCheck, settings
from schemathesis import AuthContext
from schemathesis.checks import CheckFunction
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance
from servicekit.auth.service_tokens import mint_service_token
from servicekit.ids import new_id
from servicekit.testing import Servers, make_settings, mint_jwt
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

NOWHERE = Servers("postgresql://nowhere", "redis://nowhere", "amqp://nowhere")
DOCUMENT = create_app(make_settings(AnalyticsSettings, NOWHERE, NOWHERE.postgres_url)).openapi()
COMPANY = new_id()

NOT_CHECKED: list[CheckFunction] = [
    positive_data_acceptance,  # which texts are dates or time zones is beyond a JSON Schema
]

api = schemathesis.openapi.from_dict(
    DOCUMENT, config=SchemathesisConfig.from_dict({"generation": {"allow-extra-parameters": False}})
)


@api.auth()
class Credentials:
    """Those of staff, or on internal routes another service's."""

    def get(self, case: schemathesis.Case[Any], context: AuthContext) -> dict[str, str]:
        """The headers that open the route."""
        if case.path.startswith("/internal"):
            token = mint_service_token(SERVICE_TOKEN_SECRET, "bench", (), timedelta(hours=1))
        else:
            token = mint_jwt(COMPANY, "ada", roles=["viewer"])
        return {"authorization": f"Bearer {token}", "x-company-id": str(COMPANY)}

    def set(self, case: schemathesis.Case[Any], data: dict[str, str], context: AuthContext) -> None:
        """Send them, but leave a company that the case chose, which may be a broken one."""
        case.headers.update({**data, **case.headers})


@api.parametrize()
@settings(max_examples=20, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_documented(case: schemathesis.Case[Any], address: str) -> None:
    """No 5xx, and no status, content type or body that the document does not name."""
    case.call_and_validate(base_url=address, excluded_checks=NOT_CHECKED)


@pytest.mark.parametrize("prefix", ["/api/analytics/ecommerce", "/api/admin/ecommerce-analytics"])
def test_the_overview_has_the_shape_that_clients_rely_on(prefix: str) -> None:
    """Every field of "Overview" in api.md is there, and required."""
    schemas = DOCUMENT["components"]["schemas"]
    answer = DOCUMENT["paths"][f"{prefix}/overview"]["get"]["responses"]["200"]["content"]["application/json"]
    overview = schemas[answer["schema"]["$ref"].rpartition("/")[2]]

    promised = {
        "from", "to", "currency", "carts", "abandonmentRate", "conversionRate", "averageCartValue", "revenue",
        "recoveredRevenue", "series",
    }  # fmt: skip
    assert promised <= set(overview["required"])
    assert {"created", "active", "abandoned", "converted", "recovered", "expired"} <= set(
        schemas["CartCounts"]["required"]
    )
    assert {"start", "created", "abandoned", "converted", "revenue"} <= set(schemas["OverviewEntry"]["required"])
