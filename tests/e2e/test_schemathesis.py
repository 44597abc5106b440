"""Every service, as it runs in the stack, answers what its own document says, whatever is sent to it."""

import itertools
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, Case, SerializationContext
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from .shop import Shop, open_shop
from .stack import SERVICES, Stack

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDLESS = "/stream$"
"""Answers that go on until somebody leaves; the cart service's own tests read them."""
EXAMPLES = 5
"""For each operation; the services' own contract tests try more."""

CONFIG = SchemathesisConfig.from_dict({"generation": {"allow-extra-parameters": False}})


@schemathesis.serializer("application/x-ndjson", "text/csv")
def as_it_is(context: SerializationContext, value: Any) -> bytes:
    """Send a text body as it was made up."""
    return str(value).encode()


@pytest.fixture(scope="module")
async def market(stack: Stack) -> AsyncIterator[Shop]:
    """The company in whose name every request is sent."""
    async with open_shop(stack) as shop:
        yield shop


class Credentials:
    """Somebody entitled to the route, and somebody else each time, so that no limit ends the test early."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._numbers: Iterator[int] = itertools.count(1)

    def of(self, path: str) -> dict[str, str]:
        """The headers that open a route."""
        tokens, company_id, number = self._shop.stack.tokens, self._shop.company_id, next(self._numbers)
        if path.startswith("/internal"):
            return {"authorization": f"Bearer {tokens.service('cart')}", "x-company-id": str(company_id)}
        if path.startswith(("/api/admin", "/api/analytics")):
            return {"authorization": f"Bearer {tokens.admin(company_id)}"}
        if path.startswith("/api/cart"):
            return {"authorization": f"Bearer {tokens.customer(company_id, f'somebody-{number}')}"}
        return {"x-company-id": str(company_id), "x-forwarded-for": f"10.0.{number // 250}.{number % 250}"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_answer_is_documented(service: str, stack: Stack, market: Shop) -> None:
    """No 5xx, and no status, content type, header or body that the document does not name."""
    url = stack.service_url(service)
    document = schemathesis.openapi.from_url(f"{url}/api/{service}/openapi.json", config=CONFIG)
    credentials = Credentials(market)

    for operation in document.exclude(path_regex=ENDLESS).get_all_operations():
        assert isinstance(operation, Ok), operation
        ask(operation.ok(), url, credentials)


def ask(operation: APIOperation[Any, Any, Any, Any], url: str, credentials: Credentials) -> None:
    """Call one operation with a few made-up requests, the same in each run."""

    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def answers_as_documented(case: Case[Any]) -> None:
        case.call_and_validate(base_url=url, headers=credentials.of(case.path), checks=CHECKS)

    answers_as_documented()
