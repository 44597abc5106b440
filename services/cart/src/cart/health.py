"""/api/health: the readiness of the cart service, which the gateway shows as the platform's (api.md)."""

from fastapi import APIRouter
from servicekit.http.answers import Json
from servicekit.operations.health import Readiness, readiness
from servicekit.process.kit import kit_of
from starlette.requests import Request
from starlette.responses import Response

router = APIRouter(tags=["health"])


@router.get("/api/health", response_model=Readiness, responses={503: {"model": Readiness}})
async def health(request: Request) -> Response:
    """Whether carts can be read and written, and how each dependency is."""
    state = await readiness(kit_of(request))
    return Json(state, 200 if state.status in {"ready", "degraded"} else 503)
