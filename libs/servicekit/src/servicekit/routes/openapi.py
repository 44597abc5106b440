"""The OpenAPI document of a service: what routes and their dependencies say, and what is true of every answer."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from servicekit.errors import (
    BadRequest400,
    BodyTooLarge413,
    ServiceError,
    ValidationFailed422,
    problems,
)
from servicekit.http.openapi_notes import Header, OpenApiNotes, notes_of
from servicekit.http.problems import Problem
from servicekit.routes.query_parameters import refuses_unknown

SECURITY_SCHEMES: dict[str, dict[str, str]] = {
    "userToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "A shopper's or staff's."},
    "serviceToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "A service's own."},
}


INTERNAL: Final = "/internal/"
"""Where the paths of routes begin that are between services."""


def is_internal(route: APIRoute) -> bool:
    """Whether a route is between services: the gateway does not lead to it, and no public document has it."""
    return route.path.startswith(INTERNAL)


def is_public(route: APIRoute) -> bool:
    """Whether a route is for those outside."""
    return not is_internal(route)


def any_route(_: APIRoute) -> bool:
    """Every route."""
    return True


def install(app: FastAPI) -> None:
    """Make the app answer the document of its public routes at its openapi_url, built once."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = build(app, is_public)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # the way that FastAPI documents


def build(app: FastAPI, wanted: Callable[[APIRoute], bool]) -> dict[str, Any]:
    """The document of the wanted routes, completed from the dependencies of each."""
    routes = [route for route in api_routes(app) if wanted(route)]
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=routes)
    components = document.setdefault("components", {})
    components["securitySchemes"] = SECURITY_SCHEMES
    schemas = components.setdefault("schemas", {})
    for theirs in ("HTTPValidationError", "ValidationError"):
        schemas.pop(theirs, None)
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}), Problem=schema)
    for route in routes:
        for method in route.methods or ():
            _complete(document["paths"][route.path_format][method.lower()], route)
    return document


def api_routes(app: FastAPI) -> Iterator[APIRoute]:
    """Every documented route of the app."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.include_in_schema:
            yield route


def dependencies(dependant: Dependant) -> Iterator[Dependant]:
    """A route's dependencies in the order in which they run."""
    for part in dependant.dependencies:
        yield from dependencies(part)
        yield part


def _complete(operation: dict[str, Any], route: APIRoute) -> None:
    notes = [note for part in dependencies(route.dependant) if (note := notes_of(part.call))]
    security = [{scheme: list(scopes) for scheme, scopes in way.items()} for note in notes for way in note.security]
    if security:
        operation["security"] = security
    headers = {header.name: header for note in notes for header in note.headers}
    if headers:
        operation.setdefault("parameters", []).extend(_parameter(header) for header in headers.values())
    responses = operation["responses"]
    takes_something = 422 not in route.responses and responses.pop("422", None) is not None  # FastAPI's own form of it
    validated = takes_something or refuses_unknown(route)
    for status, response in problems(*_errors(route, notes, validated=validated)).items():
        _add(responses, str(status), response)


def _parameter(header: Header) -> dict[str, Any]:
    return {
        "name": header.name,
        "in": "header",
        "required": header.required,
        "description": header.description,
        "schema": dict(header.schema),
    }


def _errors(route: APIRoute, notes: Iterable[OpenApiNotes], *, validated: bool) -> list[type[ServiceError]]:
    """What this route may answer beside what it says itself."""
    errors = [error for note in notes for error in note.errors]
    if route.body_field is not None:
        errors += [BadRequest400, BodyTooLarge413]
    if validated:
        errors.append(ValidationFailed422)
    return list(dict.fromkeys(errors))


def _add(responses: dict[str, Any], status: str, response: dict[str, Any]) -> None:
    """Add a response, or its description to the one that is there."""
    there = responses.get(status)
    if there is None:
        responses[status] = dict(response)
    elif response.get("description") and response["description"] not in there.get("description", ""):
        there["description"] = f"{there['description']}; {response['description']}"
