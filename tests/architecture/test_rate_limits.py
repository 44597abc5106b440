"""Whatever anybody can reach and may change something is counted, in every service (ADR 0024)."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from fastapi import APIRouter, FastAPI
from manifests.reading import load_manifests
from servicekit.process.limiter import Limit
from servicekit.roles.api import create_app
from servicekit.routes.openapi import api_routes, dependencies
from servicekit.routes.rate_limits import limit_of
from servicekit.settings import stand_in

from .modules import ROOT

SERVICES = [manifest.name for manifest in load_manifests(ROOT)]
READING = {"GET", "HEAD"}


def app_of(name: str) -> FastAPI:
    """The service's application, with nothing running."""
    service = import_module(f"{name}.main").SERVICE
    app: FastAPI = service.create_app(stand_in(service.settings))
    return app


def changes(app: FastAPI) -> Iterator[tuple[str, list[Limit]]]:
    """Every public route that may change something, with the limits that count it."""
    for route in api_routes(app):
        methods = (route.methods or set()) - READING
        if methods and route.path.startswith("/api/"):
            limits = [limit for part in dependencies(route.dependant) if (limit := limit_of(part.call))]
            yield f"{', '.join(methods)} {route.path}", limits


@pytest.mark.parametrize("service", SERVICES)
def test_every_change_is_counted(service: str) -> None:
    """A route without a limit keeps its service from starting (`create_app`), and is named here."""
    found = dict(changes(app_of(service)))

    assert found
    assert [route for route, limits in found.items() if not limits] == []


def test_a_change_without_a_limit_keeps_a_service_from_starting() -> None:
    """What somebody would see who forgot one."""
    service = import_module("cart.main").SERVICE
    router = APIRouter()

    @router.delete("/api/cart/everything")
    async def forget_everything() -> None:
        """No limit."""

    with pytest.raises(ValueError, match="/api/cart/everything: a route that changes something needs a rate limit"):
        create_app(service, stand_in(service.settings), routers=[router])
