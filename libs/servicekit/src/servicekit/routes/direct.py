"""A route that runs its dependencies itself: FastAPI's solving of them took a tenth of an add (ADR 0021).

Its document is FastAPI's as ever, because both are made of what FastAPI has read from the endpoint's signature.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any, TypeVar

from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from servicekit.http.bodies import sent_body

Arguments = tuple[tuple[str, int], ...]
"""Names of a function's parameters, each with the place of its value among the results; place 0 is the request."""

_NOT_SOLVED = (
    "header_params",
    "cookie_params",
    "websocket_param_name",
    "http_connection_param_name",
    "response_param_name",
    "background_tasks_param_name",
    "security_scopes_param_name",
)


FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
Begin = Callable[[Request], Awaitable[Awaitable[None]]]

_BEGINNINGS: dict[Callable[..., Any], Begin] = {}


def begun_by(begin: Begin) -> Callable[[FunctionT], FunctionT]:
    """Note that a dependency, which takes the request and has no result, is the end of what `begin` begins.

    A direct route awaits it when all is ready for its endpoint, or has failed: its refusal comes before any other.
    """

    def note(function: FunctionT) -> FunctionT:
        _BEGINNINGS[function] = begin
        return function

    return note


class DirectRoute(APIRoute):
    """A route for the busiest paths: `APIRouter(route_class=DirectRoute)`.

    Answers as any other route, with one difference: parameters and body are judged once the caller is known and before
    a transaction is opened. Its endpoint returns a Response; dependencies are coroutine functions, or generators with
    `scope="function"`, that take the request and each other. Raises TypeError for what this does not solve.
    """

    def __init__(self, path: str, endpoint: Callable[..., Awaitable[Response]], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self.app = _application(_Plan.of(self.dependant), endpoint)


@dataclass(frozen=True, slots=True)
class _Step:
    """One dependency, and by which names it takes earlier results; `place` is its own among them."""

    call: Callable[..., Any]
    arguments: Arguments
    place: int
    opens: bool
    begins: bool

    def start(self, results: Sequence[Any]) -> Any:
        """Call it: what comes back is to be awaited, or to be entered if it opens something."""
        return self.call(**_named(self.arguments, results))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a route does before its endpoint runs, in this order: `first`, then the parameters, then `later`.

    `later` begins with the first dependency that opens something, such as a transaction.
    """

    first: tuple[_Step, ...]
    later: tuple[_Step, ...]
    arguments: Arguments
    dependant: Dependant
    body: tuple[str, type[BaseModel]] | None

    @classmethod
    def of(cls, dependant: Dependant) -> "_Plan":
        """The plan of an endpoint; raises TypeError for what cannot be planned."""
        steps: dict[Callable[..., Any], _Step] = {}
        arguments = _arguments(dependant, steps)
        ordered = list(steps.values())
        opening = next((index for index, step in enumerate(ordered) if step.opens), len(ordered))
        return cls(tuple(ordered[:opening]), tuple(ordered[opening:]), arguments, dependant, _body_of(dependant))

    async def parameters(self, request: Request) -> dict[str, Any]:
        """What the endpoint takes from path, query and body; raises RequestValidationError naming every fault."""
        values: dict[str, Any] = {}
        faults: list[Any] = []
        for field in self.dependant.path_params:
            place = ("path", field.alias)
            values[field.name], wrong = field.validate(request.path_params[field.alias], {}, loc=place)
            faults += wrong
        if self.dependant.query_params:
            queried, more = request_params_to_args(self.dependant.query_params, request.query_params)
            values, faults = {**values, **queried}, faults + more
        if self.body is not None:
            name, model = self.body
            try:
                values[name] = await sent_body(request, model)
            except RequestValidationError as invalid:
                faults = [*faults, *invalid.errors()]
        if faults:
            raise RequestValidationError(faults)
        return values


def _arguments(dependant: Dependant, steps: dict[Callable[..., Any], _Step]) -> Arguments:
    """By which names a function takes which results; its dependencies are added to the steps, each once."""
    _require_solvable(dependant)
    taken = [(dependant.request_param_name, 0)] if dependant.request_param_name else []
    for part in dependant.dependencies:
        step = steps.get(_call_of(part)) or _add_step(part, steps)
        if part.name is not None:
            taken.append((part.name, step.place))
    return tuple(taken)


def _add_step(dependant: Dependant, steps: dict[Callable[..., Any], _Step]) -> _Step:
    call = _call_of(dependant)
    if dependant.path_params or dependant.query_params or dependant.body_params:
        raise TypeError(f"{call}: a dependency of a direct route takes the request and other dependencies only")
    opens = isasyncgenfunction(call)
    if not opens and not iscoroutinefunction(call):
        raise TypeError(f"{call}: a dependency of a direct route is a coroutine function or an async generator")
    if opens and dependant.scope != "function":
        raise TypeError(f'{call}: closes after the answer; declare it with scope="function"')
    arguments = _arguments(dependant, steps)
    begin = _BEGINNINGS.get(call)
    step = _Step(asynccontextmanager(call) if opens else begin or call, arguments, len(steps) + 1, opens, bool(begin))
    steps[call] = step
    return step


def _call_of(dependant: Dependant) -> Callable[..., Any]:
    if dependant.call is None:
        raise TypeError("a dependency without a function")
    return dependant.call


def _require_solvable(dependant: Dependant) -> None:
    for name in _NOT_SOLVED:
        if getattr(dependant, name):
            raise TypeError(f"{dependant.call}: {name} is not solved by a direct route")


def _body_of(dependant: Dependant) -> tuple[str, type[BaseModel]] | None:
    """The name and model of the one body that is read as a whole."""
    if not dependant.body_params:
        return None
    field, *others = dependant.body_params
    model = field.field_info.annotation
    if others or not field.field_info.is_required() or not isinstance(model, type) or not issubclass(model, BaseModel):
        raise TypeError(f"{dependant.call}: a direct route has one body, which is a model and required")
    return field.name, model


def _application(plan: _Plan, endpoint: Callable[..., Awaitable[Response]]) -> ASGIApp:
    async def answer(request: Request, begun: list[Awaitable[None]]) -> Response:
        results: list[Any] = [request]
        for step in plan.first:
            results.append(await step.start(results))
            if step.begins:
                begun.append(results[-1])
        values = await plan.parameters(request)
        if not plan.later:
            await _end(begun)
            return await endpoint(**values, **_named(plan.arguments, results))
        async with AsyncExitStack() as opened:
            for step in plan.later:
                started = step.start(results)
                results.append(await (opened.enter_async_context(started) if step.opens else started))
            await _end(begun)
            return await endpoint(**values, **_named(plan.arguments, results))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        begun: list[Awaitable[None]] = []
        try:
            response = await answer(Request(scope, receive, send), begun)
        except Exception:
            await _end(begun)
            raise
        await response(scope, receive, send)

    return app


async def _end(begun: list[Awaitable[None]]) -> None:
    while begun:
        await begun.pop()


def _named(arguments: Arguments, results: Sequence[Any]) -> dict[str, Any]:
    return {name: results[place] for name, place in arguments}
