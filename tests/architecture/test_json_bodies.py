"""What is no JSON is a 400 of every service's every route, before anything is asked of a server."""

import re
from importlib import import_module

import httpx
import pytest
from manifests.reading import load_manifests
from servicekit.ids import new_id
from servicekit.roles.service import AnyService
from servicekit.routes.direct import DirectRoute
from servicekit.routes.openapi import api_routes
from servicekit.settings import stand_in

from .modules import ROOT

SERVICES = [manifest.name for manifest in load_manifests(ROOT)]
WITHOUT_BODIES = {"analytics", "upsell"}
NO_JSON = {
    "nothing but NaN": b"NaN",
    "NaN in an object": b'{"text": NaN}',
    "an infinity in an array": b"[1, [Infinity]]",
    "a negative infinity": b'{"a": {"b": [-Infinity]}}',
    "a number beyond numbers": b'{"amount": 1e400}',
    "a number of 5,000 digits": b"[" + b"9" * 5000 + b"]",
    "a nesting of 100,000 arrays": b"[" * 100_000 + b"]" * 100_000,
    "a name given twice": b'{"quantity": 1, "quantity": 100}',
    "a name given twice, deep inside": b'[{"a": {"b": 1, "b": 1}}]',
    "no UTF-8": b'"\xff"',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "an object cut off": b"{",
}
"""RFC 8259 has none of these, or warns of them (names that are not unique)."""


@pytest.mark.parametrize("content", NO_JSON.values(), ids=NO_JSON)
@pytest.mark.parametrize("name", SERVICES)
async def test_what_is_no_json_is_a_400_problem(name: str, content: bytes) -> None:
    """Direct routes and the estimates, which judge the caller first, read it by the same function (`decoded`)."""
    service: AnyService = import_module(f"{name}.main").SERVICE
    app = service.create_app(stand_in(service.settings))
    answers = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://service") as client:
        for route in api_routes(app):
            for method in route.methods or ():
                if route.body_field is not None and not isinstance(route, DirectRoute):
                    path = re.sub(r"{.*?}", str(new_id()), route.path_format)
                    headers = {"content-type": "application/json"}
                    answer = await client.request(method, path, content=content, headers=headers)
                    answers[f"{method} {path}"] = (answer.status_code, answer.json()["detail"])

    assert {path: said for path, said in answers.items() if said != (400, "The body is not valid JSON.")} == {}
    assert answers or name in WITHOUT_BODIES
