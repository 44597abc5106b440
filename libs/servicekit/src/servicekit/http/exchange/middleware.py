"""One ASGI middleware around every request, because each layer of its own costs time on the hot path."""

from collections.abc import Mapping
from time import perf_counter

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servicekit.errors import BodyTooLarge413
from servicekit.http.event_stream import FIRST_BYTE
from servicekit.http.exchange import http_metrics, request_id
from servicekit.http.exchange.access_log import log_exchange
from servicekit.http.exchange.body_limit import BodyLimits, counted, exceeds
from servicekit.http.exchange.http_span import HttpSpan
from servicekit.http.exchange.security_headers import Header, keep_out_of_caches, security_headers
from servicekit.http.problems import fault_answer, problem_answer
from servicekit.languages.sentences import CURRENT, Sentences, Translator
from servicekit.observability import causality, error_tracking
from servicekit.settings import ServiceSettings

QUIET = frozenset({"/livez", "/readyz", "/metrics"})
"""Asked by machines every few seconds: neither logged nor measured."""
_UNROUTED = "(none)"

log = structlog.get_logger(__name__)


class Exchange:
    """Gives a request its id and span, bounds its body, and completes, measures and logs its answer.

    An exception that nothing below turned into an answer is logged here, once, and answered 500 without its text.
    """

    def __init__(
        self,
        app: ASGIApp,
        service: str,
        settings: ServiceSettings,
        larger_bodies: Mapping[str, int],
        sentences: Sentences,
    ) -> None:
        self._app = app
        self._service = service
        self._sentences = sentences
        self._limits = BodyLimits(settings.max_body_bytes, larger_bodies)
        self._headers = security_headers(production=settings.app_env == "production")
        self._logs = settings.access_log and settings.log_level in ("DEBUG", "INFO")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; anything but HTTP passes untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        headers = dict(scope["headers"])
        scope["request_id"] = identifier = request_id.request_id(headers.get(request_id.HEADER))
        correlation = causality.correlation_id.set(identifier)
        accepted = headers.get(b"accept-language")
        translator = Translator(self._sentences, accepted.decode("latin-1") if accepted is not None else None)
        translating = CURRENT.set(translator)
        span = HttpSpan(scope["method"], headers.get(b"traceparent"), headers.get(b"tracestate"))
        answer = _Answer(send, (*self._headers, (request_id.HEADER, identifier.encode())), translator)
        try:
            await self._serve(scope, headers, receive, answer)
        finally:
            answered = scope.get(FIRST_BYTE) or perf_counter()
            self._finish(scope, answer.status, answered - started, span)
            CURRENT.reset(translating)
            causality.correlation_id.reset(correlation)

    async def _serve(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, answer: "_Answer") -> None:
        limit = self._limits.of(scope["path"])
        length = headers.get(b"content-length")
        if exceeds(length, limit):
            await problem_answer(scope, BodyTooLarge413())(scope, receive, answer.send)
            return
        try:
            await self._app(scope, receive if length is not None else counted(receive, limit), answer.send)
        except Exception as error:
            log.exception("request_failed", route=_route(scope))
            error_tracking.report(error, f"{scope['method']} {_route(scope)}")
            if answer.has_begun:
                raise  # the server breaks the connection off, so that a client never takes half an answer for whole
            await fault_answer(scope)(scope, receive, answer.send)

    def _finish(self, scope: Scope, status: int, seconds: float, span: HttpSpan) -> None:
        method, route = scope["method"], _route(scope)
        if route not in QUIET:
            context = span.span.get_span_context()
            http_metrics.observe(method, route, status, seconds, context)
            if self._logs:
                log_exchange(self._service, scope, route, status=status, seconds=seconds, span=context)
        span.close(method, route, status)


class _Answer:
    """Completes the answer's headers on its way out, and remembers its status."""

    __slots__ = ("_headers", "_send", "_translator", "has_begun", "status")

    def __init__(self, send: Send, headers: tuple[Header, ...], translator: Translator) -> None:
        self._send = send
        self._headers = headers
        self._translator = translator
        self.status = 500
        self.has_begun = False

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            self.has_begun = True
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            keep_out_of_caches(headers)
            self._translator.complete(headers)
            headers.extend(self._headers)
            message["headers"] = headers
        await self._send(message)


def _route(scope: Scope) -> str:
    """The route's template: paths hold ids and tokens, which belong neither in metrics nor in logs."""
    return getattr(scope.get("route"), "path_format", _UNROUTED)
