"""Calls from one service to another, bounded in every way: in time, in number, and by a circuit breaker.

Whoever waits for a slow service holds something of ours, so that a slow one must cost its own callers alone.
"""

import asyncio
from datetime import timedelta
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

import httpx
import orjson
import stamina
import structlog
from contracts.base import Contract
from opentelemetry.trace import SpanKind, Status, StatusCode
from pydantic import ValidationError

from servicekit.auth.service_tokens import mint_service_token
from servicekit.languages.sentences import CURRENT as TRANSLATOR
from servicekit.observability import causality, telemetry
from servicekit.settings import ServiceSettings
from servicekit.upstream.breaker import Breaker
from servicekit.upstream.bulkhead import Bulkhead
from servicekit.upstream.connections import Connections
from servicekit.upstream.errors import RemoteProblem, Saturated, Unavailable

AnswerT = TypeVar("AnswerT", bound=Contract)

DEFAULT_TIMEOUT_SECONDS = 2.0
DEADLINE_IN_TIMEOUTS = 1.5
"""All attempts of one call together, in timeouts: a retry gets what a fault left, not a whole one more."""
IDLE_SECONDS = 5.0
"""How long an idle connection is kept: shorter than an api that ends waits for it (`DRAIN_SECONDS`)."""
_TOKEN_SECONDS = 300
_RENEW_SECONDS = 60

log = structlog.get_logger(__name__)


class InternalClient:
    """Asks one other service, in the name of this one. Safe for concurrent use; close it at the end."""

    def __init__(
        self, base_url: str, caller: str, settings: ServiceSettings, timeout: float = DEFAULT_TIMEOUT_SECONDS
    ) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, timeout=timeout, transport=Connections(IDLE_SECONDS))
        self._timeout, self._bulkhead = timeout, Bulkhead(timeout)
        self._caller, self._secret = caller, settings.service_token_secret.get_secret_value()
        self._breaker = Breaker()
        self._token, self._renew_at = "", 0.0

    async def call(
        self,
        method: str,
        path: str,
        *,
        company_id: UUID,
        body: Contract | None,
        answer: type[AnswerT],
        key: str | None = None,
        retries: int = 0,
    ) -> AnswerT:
        """Send a contract and read one back; raises Unavailable, Saturated, or RemoteProblem for a refusal.

        It ends within 1.5 timeouts, however many attempts it makes and however slowly an answer drips in.

        `key` is sent as the Idempotency-Key: two calls with one key have one effect over there (rules.md 10). `retries`
        repeats a call that went unanswered, at most so many times: only for what is idempotent over there.
        """
        content = await self.send(method, path, company_id=company_id, body=body, key=key, retries=retries)
        try:
            return answer.model_validate_json(content)
        except ValidationError as unreadable:
            log.error("upstream_answer_unreadable", path=path, faults=unreadable.error_count())
            raise Unavailable from None

    async def send(
        self,
        method: str,
        path: str,
        *,
        company_id: UUID,
        body: Contract | None,
        key: str | None = None,
        retries: int = 0,
    ) -> bytes:
        """As `call`, answering the body as it came."""
        try:
            async with asyncio.timeout(self._timeout * DEADLINE_IN_TIMEOUTS), self._bulkhead.place():
                async for attempt in stamina.retry_context(on=Unavailable, attempts=retries + 1, wait_initial=0.05):
                    with attempt:
                        return await self._once(method, path, body, self._headers(company_id, key))
        except TimeoutError:
            raise Unavailable from None
        except Saturated:
            log.warning("upstream_saturated", host=self._http.base_url.host)
            raise
        raise AssertionError("stamina ends with an answer or an error")

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def _once(self, method: str, path: str, body: Contract | None, headers: dict[str, str]) -> bytes:
        if not self._breaker.allows():
            raise Unavailable
        content = body.model_dump_json(by_alias=True).encode() if body is not None else None
        with telemetry.tracer().start_as_current_span(method, kind=SpanKind.CLIENT) as span:
            telemetry.inject(headers)
            try:
                async with asyncio.timeout(self._timeout):  # httpx counts each part of an exchange by itself
                    response = await self._http.request(method, path, content=content, headers=headers)
            except (httpx.HTTPError, TimeoutError) as fault:
                self._breaker.failed()
                span.set_status(Status(StatusCode.ERROR))
                log.warning("upstream_unanswered", host=self._http.base_url.host, error=type(fault).__name__)
                raise Unavailable from None
            span.set_attribute("http.response.status_code", response.status_code)
        return self._judged(response)

    def _judged(self, response: httpx.Response) -> bytes:
        """The body of a success; a fault of the other side counts for the breaker, a refusal does not."""
        if response.status_code >= 500:
            self._breaker.failed()
            raise Unavailable
        self._breaker.succeeded()
        if response.is_success:
            return response.content
        problem = _problem(response)
        raise RemoteProblem(response.status_code, str(problem.get("code", "")), problem)

    def _headers(self, company_id: UUID, key: str | None) -> dict[str, str]:
        headers = {
            "authorization": f"Bearer {self._service_token()}",
            "x-company-id": str(company_id),
            "content-type": "application/json",
        }
        if (request_id := causality.correlation_id.get()) is not None:
            headers["x-request-id"] = request_id
        if (translator := TRANSLATOR.get()) is not None:
            headers["accept-language"] = translator.language  # what it answers may be passed on to the same reader
        if key is not None:
            headers["idempotency-key"] = key
        return headers

    def _service_token(self) -> str:
        if monotonic() >= self._renew_at:
            self._token = mint_service_token(self._secret, self._caller, (), timedelta(seconds=_TOKEN_SECONDS))
            self._renew_at = monotonic() + _TOKEN_SECONDS - _RENEW_SECONDS
        return self._token


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}
