"""Holding a running service to its own OpenAPI document: requests made up by schemathesis, every answer documented.

    api = api_of(SERVICE)
    open_routes(api, lambda case: credentials(case, COMPANY, roles=("admin",)))

    @api.parametrize()
    @examples(10)
    def test_every_answer_is_documented(case: Case, address: str) -> None:
        call(case, address, not_checked=(positive_data_acceptance,))

A package of its own, not in `servicekit.testing`, because schemathesis takes a second to import.
"""

import itertools
import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

import hypothesis
import schemathesis
from schemathesis import AuthContext
from schemathesis.checks import CheckFunction
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import BaseSchema

from servicekit.auth.service_tokens import mint_service_token
from servicekit.cli.openapi_document import openapi_of
from servicekit.roles.service import AnyService
from servicekit.testing.settings import SERVICE_TOKEN_SECRET
from servicekit.testing.tokens import mint_jwt

Case: TypeAlias = schemathesis.Case[Any]

_SENDERS = itertools.count(secrets.randbelow(1 << 24))


def api_of(service: AnyService) -> BaseSchema:
    """What the service's document says of its routes; parameters that it does not name are not made up."""
    config = SchemathesisConfig.from_dict({"generation": {"allow-extra-parameters": False}})
    return schemathesis.openapi.from_dict(openapi_of(service), config=config)


def examples(count: int) -> Callable[[Any], Any]:
    """So many requests a route, the same ones each time."""
    return hypothesis.settings(
        max_examples=count, derandomize=True, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
    )


def open_routes(api: BaseSchema, credentials: Callable[[Case], dict[str, str]]) -> None:
    """Send these headers with every request, except where it has made up a value for one of them itself."""

    @api.auth()
    class Credentials:
        def get(self, case: Case, context: AuthContext) -> dict[str, str]:
            return credentials(case)

        def set(self, case: Case, data: dict[str, str], context: AuthContext) -> None:
            case.headers.update({**data, **case.headers})


def credentials(
    case: Case, company_id: UUID, *, roles: Sequence[str], subject: str = "ada", caller: str = "cart"
) -> dict[str, str]:
    """Another service's token on internal routes, else that of a person with these roles."""
    if case.path.startswith("/internal"):
        token = mint_service_token(SERVICE_TOKEN_SECRET, caller, (), timedelta(hours=1))
    else:
        token = mint_jwt(company_id, subject, roles=roles)
    return {"authorization": f"Bearer {token}", "x-company-id": str(company_id)}


def call(case: Case, address: str, *, not_checked: Sequence[CheckFunction]) -> None:
    """Send the request and check that its answer is documented: no 5xx, no other status, content type or body.

    Every request comes from an address of its own, so that the limits stay on and are not what is tested here.
    """
    number = next(_SENDERS) & 0xFFFFFF
    sender = {"x-forwarded-for": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"}
    case.call_and_validate(base_url=address, headers=sender, excluded_checks=list(not_checked))
