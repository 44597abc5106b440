"""The api answers what its OpenAPI document says, whatever is requested, and the document has what api.md promises."""

import pytest
from analytics.main import SERVICE
from schemathesis.specs.openapi.checks import positive_data_acceptance
from servicekit.cli.openapi_document import openapi_of
from servicekit.ids import new_id
from servicekit.testing.conformance import Case, api_of, call, credentials, examples, open_routes

DOCUMENT = openapi_of(SERVICE)
COMPANY = new_id()

NOT_CHECKED = (positive_data_acceptance,)
"""Which texts are dates or time zones is beyond a JSON Schema."""

api = api_of(SERVICE)
open_routes(api, lambda case: credentials(case, COMPANY, roles=("viewer",), caller="bench"))


@api.parametrize()
@examples(20)
def test_every_answer_is_documented(case: Case, address: str) -> None:
    """No 5xx, and no status, content type or body that the document does not name."""
    call(case, address, not_checked=NOT_CHECKED)


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
