"""A query parameter that a route does not have is refused and named: one that is misspelt would be ignored unseen."""

from collections.abc import Callable
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from fastapi import params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from servicekit.errors import ValidationFailed422

_STRICT: Final = ("/api/", "/internal/")
"""Where the paths of routes begin that refuse; probes and metrics take what their callers send."""
_ELSEWHERE: Final = (params.Path, params.Header, params.Cookie)
_NAMED = 10
"""How many parameters one refusal names."""
_LENGTH = 100
"""How much of a name it repeats."""
_LENIENT: Final = "takes_any_query"

EndpointT = TypeVar("EndpointT", bound=Callable[..., Any])


def takes_any_query(endpoint: EndpointT) -> EndpointT:
    """Let a route ignore parameters that it does not have: for links in mails, to which trackers add their own."""
    setattr(endpoint, _LENIENT, True)
    return endpoint


def refuses_unknown(route: APIRoute) -> bool:
    """Whether the route refuses parameters that it does not have."""
    return route.path.startswith(_STRICT) and not getattr(route.endpoint, _LENIENT, False)


def refuse_unknown(route: APIRoute) -> None:
    """Make the route answer ValidationFailed422 for a parameter that it does not have, before anything else."""
    route.app = _strictly(route.app, _names_of(route))


def _names_of(route: APIRoute) -> frozenset[str]:
    """Those of the query, also as fields of a model, which do not say that they are of the query."""
    fields = get_flat_params(route.dependant)
    return frozenset(field.alias for field in fields if not isinstance(field.field_info, _ELSEWHERE))


def _strictly(app: ASGIApp, names: frozenset[str]) -> ASGIApp:
    async def strict(scope: Scope, receive: Receive, send: Send) -> None:
        if query := scope["query_string"]:
            _require_known(query.decode("latin-1"), names)
        await app(scope, receive, send)

    return strict


def _require_known(query: str, names: frozenset[str]) -> None:
    sent = dict.fromkeys(name for name, _ in parse_qsl(query, keep_blank_values=True))
    unknown = [name for name in sent if name not in names][:_NAMED]
    if unknown:
        message = "is no parameter of this address"
        raise ValidationFailed422(errors=[{"field": name[:_LENGTH], "message": message} for name in unknown])
