"""The gateway's table of routes: which service owns which path, as the services' manifests say (api.md, "Owners")."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cartwheel_local.services import MANIFESTS


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

    Idle connections are given up before the services, which keep them for 75 s, would close them under a request.
    """
    return "\n".join(
        f"    upstream {owner} {{\n        server {address};\n        keepalive 64;\n"
        f"        keepalive_requests 100000;\n        keepalive_timeout 60s;\n    }}"
        for owner, address in backends.items()
    )


def render_locations(routes: Iterable[Route]) -> str:
    """Write two locations per route, so that /api/cart is not also /api/cartoon's."""
    return "\n".join(
        f"        location {match} {{\n{_directives(route)}        }}"
        for route in routes
        for match in (f"= {route.path}", f"{route.path}/")
    )


def _directives(route: Route) -> str:
    lines = [f"proxy_pass http://{route.owner};"]
    if route.stream:
        lines += ["proxy_buffering off;", "proxy_read_timeout 1h;"]
    if route.imports:
        lines += ["client_max_body_size 64m;", "client_body_timeout 120s;", "proxy_read_timeout 300s;"]
    return "".join(f"            {line}\n" for line in lines)
