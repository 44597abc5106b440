"""The api answers what its OpenAPI document says, whatever is requested."""

from newservice.main import SERVICE
from schemathesis.specs.openapi.checks import positive_data_acceptance
from servicekit.ids import new_id
from servicekit.testing.conformance import Case, api_of, call, credentials, examples, open_routes

COMPANY = new_id()
NOT_CHECKED = (positive_data_acceptance,)
"""That a job or a dead letter exists is beyond a JSON Schema."""

api = api_of(SERVICE)
open_routes(api, lambda case: credentials(case, COMPANY, roles=("admin",)))


@api.parametrize()
@examples(10)
def test_every_answer_is_documented(case: Case, address: str) -> None:
    """No 5xx, and no status, content type or body that the document does not name."""
    call(case, address, not_checked=NOT_CHECKED)
