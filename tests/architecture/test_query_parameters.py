"""A query parameter that a route does not have is a 422 of every service's every route, and is named."""

import re
from importlib import import_module

import httpx
import pytest
from manifests.reading import load_manifests
from servicekit.ids import new_id
from servicekit.roles.service import AnyService
from servicekit.routes.openapi import any_route, api_routes, build
from servicekit.routes.query_parameters import refuses_unknown
from servicekit.settings import stand_in

from .modules import ROOT

SERVICES = [manifest.name for manifest in load_manifests(ROOT)]
LENIENT = {
    "GET /r/{token}",
    "GET /api/recovery/open/{token}",
    "GET /api/recovery/unsubscribe/{token}",
    "POST /api/recovery/unsubscribe/{token}",
    "GET /livez",
    "GET /readyz",
}
"""Links of mails, to which trackers add parameters of their own, and probes."""


@pytest.mark.parametrize("name", SERVICES)
async def test_an_unknown_parameter_is_named_in_a_422(name: str) -> None:
    """Before anything is asked of a server, whoever calls; each document says so."""
    service: AnyService = import_module(f"{name}.main").SERVICE
    app = service.create_app(stand_in(service.settings))
    document = build(app, any_route)
    wrong: dict[str, object] = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://service") as client:
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if f"{method.upper()} {path}" in LENIENT:
                    continue
                address = re.sub(r"{.*?}", str(new_id()), path)
                answer = await client.request(method, address, params={"explian": "1"})
                said = (answer.status_code, answer.json().get("errors", [{}])[0].get("field"))
                if said != (422, "explian") or "VALIDATION_FAILED" not in operation["responses"]["422"]["description"]:
                    wrong[f"{method} {path}"] = said

    assert wrong == {}


def test_only_links_and_probes_take_any_parameter() -> None:
    """A route that ignores what it does not know is written down here."""
    lenient = set()
    for name in SERVICES:
        service: AnyService = import_module(f"{name}.main").SERVICE
        routes = api_routes(service.create_app(stand_in(service.settings)))
        lenient |= {
            f"{method} {route.path_format}"
            for route in routes
            if not refuses_unknown(route)
            for method in route.methods or ()
        }

    assert lenient <= LENIENT
