"""The gateway's table of routes: which service owns which path, as the services' manifests say (api.md, "Owners")."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cartwheel_local.services import MANIFESTS
from cartwheel_local.switches import Switches

CONNECTIONS_PER_ADDRESS = 512
"""Requests that one address may have in hand at once; a shop's office, or a shopper with many tabs, has far fewer."""
BODIES_PER_ADDRESS = 64
"""Requests with a body that one address may have in hand; a shop's server that calls for its shoppers has fewer."""
BODIES = 2_048
"""Those of all addresses: half of what a worker process serves at once, so that requests without one have the rest."""
UPLOADS_PER_ADDRESS = 4
NOTHING_SWITCHED = Switches()
PERMISSION = "/internal/imports/permission"
"""Where a service says whether a request may send a file; the gateway asks it before it reads one (docs/adr/0014)."""


@dataclass(frozen=True, slots=True)
class Route:
    """A path with everything below it, and the service that answers; the longest path wins."""

    path: str
    owner: str
    stream: bool = False
    imports: bool = False


def load_routes() -> tuple[Route, ...]:
    """Return what each service answers at the gateway; the order has no meaning."""
    return tuple(
        route
        for manifest in MANIFESTS
        for route in (
            *(Route(path, manifest.name) for path in manifest.gateway.paths),
            *(Route(path, manifest.name, stream=True) for path in manifest.gateway.stream),
            *(Route(path, manifest.name, imports=True) for path in manifest.gateway.imports),
        )
    )


def owner_of(path: str, routes: Iterable[Route] | None = None) -> str | None:
    """Return the service that answers a path at the gateway, None when nobody does."""
    table = load_routes() if routes is None else routes
    matching = [route for route in table if path == route.path or path.startswith(f"{route.path}/")]
    return max(matching, key=lambda route: len(route.path)).owner if matching else None


def render_upstreams(backends: Mapping[str, str]) -> str:
    """Write one upstream per service, whose address is given as host:port.

    Idle connections are given up before a service that ends would close them under a request (`DRAIN_SECONDS`).
    """
    return "\n".join(
        f"    upstream {owner} {{\n        server {address};\n        keepalive 64;\n"
        f"        keepalive_requests 100000;\n        keepalive_timeout 5s;\n    }}"
        for owner, address in backends.items()
    )


def render_locations(routes: Iterable[Route], switches: Switches = NOTHING_SWITCHED) -> str:
    """Write two locations per route, so that /api/cart is not also /api/cartoon's, and one per owner of uploads."""
    table = tuple(routes)
    owners = dict.fromkeys(route.owner for route in table if route.imports)
    return "\n".join(
        (
            *(
                _location(match, _directives(route, switches))
                for route in table
                for match in (f"= {route.path}", f"{route.path}/")
            ),
            *(_location(f"= {_permission(owner)}", _permission_directives(owner)) for owner in owners),
        )
    )


def _location(match: str, directives: Iterable[str]) -> str:
    lines = "".join(f"            {line}\n" for line in directives)
    return f"        location {match} {{\n{lines}        }}"


def _directives(route: Route, switches: Switches) -> list[str]:
    lines = [f"proxy_pass http://{switches.backend_of(route.owner)};", *switches.mirror_of(route.owner)]
    if route.stream:
        lines += ["proxy_buffering off;", "proxy_read_timeout 1h;"]
    if route.imports:
        lines += [
            f"auth_request {_permission(route.owner)};",
            "client_max_body_size 64m;",
            "proxy_read_timeout 30m;",
            *limits_of_requests(),  # with one of its own a location forgets the server's
            f"limit_conn uploads {UPLOADS_PER_ADDRESS};",
        ]
    return lines


def limits_of_requests() -> tuple[str, ...]:
    """What any request counts in."""
    return (
        f"limit_conn requests {CONNECTIONS_PER_ADDRESS};",
        f"limit_conn bodies_of_one {BODIES_PER_ADDRESS};",
        f"limit_conn bodies {BODIES};",
    )


def _permission(owner: str) -> str:
    return f"/gateway/permissions/{owner}"


def _permission_directives(owner: str) -> list[str]:
    """The question whether an upload may come: the request without its body, under the method GET.

    A header of a location's own makes nginx forget those of the levels above, so that they are repeated.
    """
    return [
        "internal;",
        f"proxy_pass http://{owner}{PERMISSION};",
        "client_max_body_size 0;",  # the upload's own limit was kept before
        "proxy_pass_request_body off;",
        'proxy_set_header Content-Length "";',
        'proxy_set_header Connection "";',
        "proxy_set_header Host $http_host;",
        "proxy_set_header X-Request-Id $request_reference;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
    ]
