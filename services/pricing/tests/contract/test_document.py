"""The service does what its OpenAPI document says, whatever is sent to it."""

from pricing.main import SERVICE
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
    positive_data_acceptance,  # that fields fit together, or that a currency exists, is beyond a JSON Schema
    allow_header_conformance,  # the framework's 405 names the methods of the first route at a path
)

api = api_of(SERVICE)
open_routes(api, lambda case: credentials(case, COMPANY, roles=("admin",)))


@api.parametrize()
@examples(10)
def test_every_answer_is_documented(case: Case, address: str) -> None:
    """No 5xx, and no status, content type or body that the document does not name."""
    reads_only = (negative_data_rejection,) if case.path.startswith("/internal") else ()  # ignores Idempotency-Key
    call(case, address, not_checked=(*NOT_CHECKED, *reads_only))


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
