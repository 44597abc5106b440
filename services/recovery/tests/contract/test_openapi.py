"""The service keeps to its OpenAPI document, whatever is sent to it."""

from recovery.links.domain.tokens import LinkPayload, Purpose
from recovery.main import SERVICE
from recovery.parts import link_signer
from recovery.settings import RecoverySettings
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
    positive_data_acceptance,  # that steps come in order is beyond a JSON Schema
    allow_header_conformance,  # the framework's 405 names the methods of the first route at a path
)
TOKEN_ROUTES = ("/r/", "/api/recovery/", "/api/cart/recovery/")

api = api_of(SERVICE)
open_routes(api, lambda case: credentials(case, COMPANY, roles=("admin",)))

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


@api.parametrize()
@examples(15)
def test_every_answer_is_documented(case: Case, address: str, settings: RecoverySettings) -> None:
    """No 5xx, and no status, content type or body that the document does not name.

    In a token's place is sometimes a token of ours, of no recovery.
    """
    reads_any_text = ()
    if case.path.startswith(TOKEN_ROUTES):
        reads_any_text = (negative_data_rejection,)
        if len(str(case.path_parameters["token"])) % 2:
            purpose = Purpose.UNSUBSCRIBE if "unsubscribe" in case.path else Purpose.RESTORE
            payload = LinkPayload(purpose, COMPANY, new_id(), 1, None)
            case.path_parameters["token"] = link_signer(settings).keys.sign(payload)
    call(case, address, not_checked=(*NOT_CHECKED, *reads_any_text))


def test_every_specified_route_is_there() -> None:
    """The paths and methods of api.md."""
    there = {(method, path) for path, operations in DOCUMENT["paths"].items() for method in operations}

    assert there >= SPECIFIED
