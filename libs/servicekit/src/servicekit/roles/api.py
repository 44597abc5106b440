"""The HTTP application of a service: its routers inside the chassis."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import request_response
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from servicekit.clock import Clock
from servicekit.http.exchange import Exchange
from servicekit.http.json_bodies import StrictRequest
from servicekit.http.openapi_notes import notes_of
from servicekit.languages.sentences import Sentences
from servicekit.operations import health, job_routes
from servicekit.process.startup import running_kit
from servicekit.roles.service import PartsT, Service
from servicekit.routes import audits, error_handlers, idempotency, openapi, query_parameters, rate_limits, transactions
from servicekit.routes.direct import DirectRoute
from servicekit.settings import ServiceSettings, SettingsT

VERSION = "0.1.0"
_PUBLIC = "/api/"
"""Where paths begin that the gateway routes (`service.toml`)."""
_OF_STAFF = "/api/admin/"
_READING = frozenset({"GET", "HEAD"})
_CORS_HEADERS = (
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "last-event-id",
    "x-company-id",
    "x-session-token",
)
_CORS_EXPOSED = ("ETag", "Idempotent-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id")


class _Application(FastAPI):
    """FastAPI without its outermost layers: faults are answered, logged and measured by the exchange alone.

    What remains is the exchange with what surrounds it, exceptions made into answers, and the closing of files.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve without asking, for each request, whether the framework's own telemetry is on: it is not used."""
        if scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
        else:
            await Starlette.__call__(self, scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """Called once, by the first request."""
        app: ASGIApp = AsyncExitStackMiddleware(self.router)
        app = ExceptionMiddleware(app, handlers=self.exception_handlers)
        for middleware in reversed(self.user_middleware):
            app = middleware.cls(app, *middleware.args, **middleware.kwargs)
        return app


def create_app(
    service: Service[SettingsT, PartsT],
    settings: SettingsT,
    *,
    routers: Sequence[APIRouter],
    clock: Clock | None = None,
    larger_bodies: Mapping[str, int] | None = None,
    description: str = "",
) -> FastAPI:
    """The production application; tests use it as it is.

    Routes are tried in the order of their routers, so the busiest come first.
    `larger_bodies` gives paths (by prefix) a limit above max_body_bytes. Sentences are the chassis' and those in the
    `locales` of the package that has the service's name.
    Raises ValueError for a route that opens a tenant's unit before its caller is known, for a public one that may
    change something as often as anybody likes, and for one of staff's that may change something without an audit.
    """
    app = _Application(
        title=f"Cartwheel {service.name}",
        version=VERSION,
        description=description,
        openapi_url=f"/api/{service.name}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(service, settings, clock),
        middleware=_middleware(service.name, settings, larger_bodies or {}),
    )
    error_handlers.install(app)
    for router in (*routers, job_routes.router(service.name, service.job_runner), health.router()):
        app.router.routes.extend(router.routes)  # include_router would match each one twice, through a layer of its own
    _read_strictly(app)
    _refuse_unknown_parameters(app)
    _require_caller_before_unit(app)
    _require_limits(app)
    _require_audits(app)
    openapi.install(app)
    return app


def _lifespan(
    service: Service[SettingsT, PartsT], settings: SettingsT, clock: Clock | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """The kit, open from the first request to the last, with the parts of the service."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with running_kit(service.name, settings, clock) as kit, service.complete(kit) as app.state.kit:
            yield

    return lifespan


def _middleware(service: str, settings: ServiceSettings, larger_bodies: Mapping[str, int]) -> list[Middleware]:
    sentences = Sentences.of("servicekit", service)
    outer = Middleware(Exchange, service=service, settings=settings, larger_bodies=larger_bodies, sentences=sentences)
    if not settings.cors_origins:
        return [outer]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=_CORS_HEADERS,
        expose_headers=_CORS_EXPOSED,
        allow_credentials=True,
        max_age=600,
    )
    return [outer, cors]


def _read_strictly(app: FastAPI) -> None:
    """Let routes whose body FastAPI reads refuse what is no JSON: Python's own reader takes NaN for a number."""
    for route in openapi.api_routes(app):
        if route.body_field is not None and not isinstance(route, DirectRoute):
            route.app = request_response(_strictly(route.get_route_handler()))


def _refuse_unknown_parameters(app: FastAPI) -> None:
    for route in openapi.api_routes(app):
        if query_parameters.refuses_unknown(route):
            query_parameters.refuse_unknown(route)


def _strictly(handle: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def handle_strictly(request: Request) -> Response:
        return await handle(StrictRequest(request.scope, request.receive))

    return handle_strictly


def _require_caller_before_unit(app: FastAPI) -> None:
    """A unit belongs to the caller's company, so the caller has to be known first."""
    for route in openapi.api_routes(app):
        calls = [part.call for part in openapi.dependencies(route.dependant)]
        if transactions.tenant_unit not in calls:
            continue
        before = [notes_of(call) for call in calls[: calls.index(transactions.tenant_unit)]]
        if not any(note.names_caller for note in before if note):
            raise ValueError(f"{route.path}: declare the caller before the unit")


def _require_limits(app: FastAPI) -> None:
    """What the gateway lets through to everybody, and may change something, is counted (ADR 0024)."""
    for route in openapi.api_routes(app):
        is_change = not (route.methods or set()) <= _READING
        if not is_change or not route.path.startswith(_PUBLIC):
            continue
        if not any(rate_limits.limit_of(part.call) for part in openapi.dependencies(route.dependant)):
            raise ValueError(f"{route.path}: a route that changes something needs a rate limit")


def _require_audits(app: FastAPI) -> None:
    """What staff may change is recorded: by the route's `OnceDep`, or by the route itself with an `AuditDep`."""
    for route in openapi.api_routes(app):
        if (route.methods or set()) <= _READING or not route.path.startswith(_OF_STAFF):
            continue
        calls = {part.call for part in openapi.dependencies(route.dependant)}
        if not any(audits.is_audit(call) for call in calls):
            raise ValueError(f"{route.path}: a route by which staff change something needs an audit")
        if not calls & {idempotency.once, audits.declared_audit}:
            raise ValueError(f"{route.path}: nothing records the audit, declare OnceDep or AuditDep")
